"""What one has to know of each client of docs/clients.md, in the order in which
they are told: written by hand, beside what the tests see. What is said of other
versions than the one in the heading was recorded with those."""

NOTES = {
    "docker": """\
Debian 12's, with its graph driver store: one image by tag, never an index nor a digest. It shows the
whole reason and no warning: who pushes to a policy that warns sees nothing, whoever reads
`plimsoll decisions` does. It takes a registry at a loopback address whoever signed its certificate.""",
    "docker with the containerd store, replayed": """\
Debian 12 has none: what it sends was recorded and is sent again
([replay](../tests/e2e/replays/docker26-containerd.txt)). Of an answer it shows the status line alone,
so that the reason stands in the reason phrase, short and with the decision: `plimsoll explain ID` tells
the rest. From 28.1 on it shows the body, as docker does above. It pushes every child to the *tag*,
BuildKit's attestations too: children are judged as that tag; an attestation is stored by its digest and
leaves the tag alone. Before 28.2 a refused index leaves the tag on a child that was admitted.""",
    "podman": """\
Debian 12's. It shows the whole reason. Of an index that is refused it says so twice: whatever the answer
was it tries again with a Docker manifest list, and each attempt has a decision of its own. Warnings
are not shown (5.4 shows them).""",
    "skopeo": """\
Debian 12's. As podman. With `--preserve-digests` it tries an index once, and then says that it may not
convert the index and nothing of the reason: that is in `plimsoll decisions`. Warnings are not shown
(1.18 shows them).""",
    "buildah": """\
Debian 12's. As podman.""",
    "ctr": """\
containerd's own client, Debian 12's, with a daemon of its own. It pushes children by digest in an order
of chance, then the index to the tag. Of an answer it shows the status line alone, as the docker replayed
above: the reason stands in the reason phrase, short and with the decision, and `plimsoll explain ID`
tells the rest. Warnings are not shown. It keeps no login (`--user` goes with each command), and speaks
plain HTTP to a loopback address unless a `hosts.toml` says https.""",
    "buildkit": """\
buildkitd and buildctl: what `docker buildx` drives. They push what they build, here with a provenance
(`attest:provenance=mode=max`), so that an image too is an index: of itself and of its provenance. What is
in an index goes up by digest in an order of chance, provenances among it, then the index to the tag. A
provenance is stored with what is admitted; a refusal leaves no tag. It shows the whole reason twice, and
behind it the decision once more. Warnings are not shown. *pulled* is the base of a build. It logs in with
what `docker login` wrote.""",
    "crane": """\
Shows the reason, and behind it the decision once more; of several reasons all of them. It pushes
children by digest side by side. It shows a warning for the child that it is about and one for the index.""",
    "oras": """\
Shows reasons and warnings as crane does, and also warns of a child whose index is refused in the end.
1.3 takes no token over http where it came to the registry by https: where Plimsoll speaks TLS for a
registry that does not, the token service must speak it too. Files are artifacts, which meet no policy,
unless they name a config of a type that nobody knows.""",
    "helm": """\
Charts are artifacts: no policy refuses one. From a loopback address 3.17 pulls in plain HTTP whatever it
is told, and then shows Plimsoll's `this port speaks TLS: write https:// in the URL`.""",
    "cosign": """\
Signatures are artifacts and are always admitted, so that what is admitted can be signed; `cosign verify`
then finds them through Plimsoll. Of an index the index alone is signed, with `--recursive` each image in
it too. Images it pushes with `cosign copy` alone: to a tag `sha256-DIGEST` first and then to the one
asked for, and both are judged. An index it copies side by side with its children, which Debian's registry
answers with 400 `MANIFEST_BLOB_UNKNOWN` now and then, without Plimsoll too: copy again, or use another
client. Warnings are not shown.""",
}
