"""All that the scenarios need, made once: their images, the catalog of their
bases, their policies, a registry and two gateways (one knows no base)."""

import contextlib
import json

from ...e2e.harness.gateway import BINARY
from ...e2e.harness.oci_layout import OciLayout
from ...e2e.harness.process import run
from ...e2e.harness.registry import Registry
from .build import Builder
from .built import add_to_layout
from .front import Front, Subject
from .place import place_whole
from .reports import make_report


class World:
    """`scenarios` are prepared at once; `stop` ends what was started."""

    def __init__(self, directory, scenarios):
        self._directory = directory
        self._stack = contextlib.ExitStack()
        self.built = {}  # {scenario: {entry or "": what was built}}
        self.reports = {}  # {scenario: files}
        self._bases = OciLayout(directory / "bases")
        self._known = directory / "known.db"
        self.catalog_file = directory / "catalog.jsonl"
        self._policies = directory / "policies"
        self._policies.mkdir()
        for scenario in scenarios:
            self._prepare(scenario)
        self._export(self._known, self.catalog_file)
        try:
            self._start(scenarios)
        except BaseException:
            self._stack.close()
            raise

    def stop(self):
        self._stack.close()

    def judge(self, scenario):
        """What every door says of the scenario's image."""
        front = self._with_bases if scenario.catalog else self._without_bases
        built = self.built[scenario.name][""]
        layout = self._directory / "layouts" / scenario.name
        add_to_layout(OciLayout(layout), "it", built)
        subject = Subject(scenario.repository, scenario.tag, built, f"oci:{layout}:it")
        answers = front.push(subject)
        place_whole(self._registry.host, scenario.repository, scenario.tag, built)
        return answers + front.ask(subject, *self._check_on_disk(subject, scenario))

    def catalog(self, scenario):
        """{entry: (names, what was built)} of the scenario's bases."""
        built = self.built[scenario.name]
        return {
            entry: (base.names, built[entry])
            for entry, base in scenario.catalog.items()
        }

    def lacks_parts(self, scenario):
        return _lacks_parts(self.built[scenario.name][""])

    # A check of a directory, with a catalog and reports from files: nothing
    # that the gateway's store knows is there to lean on. Not with an imported
    # base: whoever names a file vouches for it.
    def _check_on_disk(self, subject, scenario):
        if any(base.imported for base in scenario.catalog.values()):
            return []
        options = ["--repository", subject.repository]
        if scenario.catalog:
            options += ["--catalog", self.catalog_file]
        for path in self.reports[scenario.name]:
            options += ["--report", path]
        return [("check of a directory", subject.layout, *options)]

    # Preparation.

    def _prepare(self, scenario):
        builder = Builder(scenario.name)
        for entry, base in scenario.catalog.items():
            built = builder.build(base.recipe)
            builder.catalog[entry] = built
            self._catalogue(f"{scenario.name}-{entry}", base, built)
        self.built[scenario.name] = {
            **builder.catalog,
            "": builder.build(scenario.subject),
        }
        self._keep_reports(scenario, builder)
        if scenario.policies:
            # JSON is YAML; nothing needs quoting by hand.
            documents = "\n---\n".join(json.dumps(one) for one in scenario.policies)
            (self._policies / f"{scenario.name}.yaml").write_text(documents)

    def _catalogue(self, tag, base, built):
        add_to_layout(self._bases, tag, built)
        store = self._known
        if base.imported:
            store = self._directory / f"{tag}.db"
        approval = {"approved": ["--approve"], "denied": ["--deny"]}
        options = approval.get(base.approval, [])
        image = self._bases.reference(tag)
        for name in base.names:
            self._command("catalog", "add", *options, name, image, "--store", store)
        if base.imported:
            exported = self._directory / f"{tag}.jsonl"
            self._export(store, exported)
            self._command("catalog", "import", exported, "--store", self._known)

    def _export(self, store, path):
        path.write_text(self._command("catalog", "export", "--store", store))

    def _keep_reports(self, scenario, builder):
        files = self.reports.setdefault(scenario.name, [])
        for report in scenario.reports:
            base = builder.catalog[report.of]
            path = self._directory / f"{scenario.name}-report-{len(files)}.json"
            path.write_text(json.dumps(make_report(report, base)))
            files.append(path)
            self._add_report(report, base.digest, path)

    def _add_report(self, report, digest, path):
        added = run([BINARY, "report", "add", digest, path, "--store", self._known])
        if not report.other_layers:
            added.check()
        elif added.ok or "about another image" not in added.output:
            raise AssertionError(f"not refused: {added.output}")

    def _command(self, *args):
        return run([BINARY, *args]).check().output

    def _start(self, scenarios):
        self._registry = self._stack.enter_context(
            Registry(self._directory / "registry")
        )
        observed = [s.repository for s in scenarios if s.mode == "observe"]
        self._with_bases = self._front("a", self._known, observed)
        self._without_bases = self._front("b", self._directory / "empty.db", observed)

    def _front(self, name, store, observed):
        front = Front(
            self._directory / name,
            self._registry,
            policies=self._policies,
            store=store,
            observed=observed,
        )
        self._stack.callback(front.stop)
        return front


def _lacks_parts(built):
    return bool(built.missing) or any(
        child.missing or _lacks_parts(child.image) for child in built.children
    )
