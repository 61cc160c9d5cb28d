#include "gateway/registry/examination.h"

#include <utility>

#include "gateway/registry/probe_access.h"
#include "gateway/registry/probe_blob.h"
#include "gateway/registry/probe_clean_up.h"
#include "gateway/registry/probe_manifest.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/registry/probe_upload.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// What a probe rests on, and what to say where that is not so.
struct Need {
  bool ProbeScratch::*met;
  absl::string_view otherwise;
};

constexpr Need kReached{&ProbeScratch::reached, "see api"};
constexpr Need kAccess{&ProbeScratch::access, "see auth"};
constexpr Need kUploads{&ProbeScratch::uploads, "see upload.start"};
constexpr Need kLayer{&ProbeScratch::has_layer, "no blob could be stored"};
constexpr Need kBlobs{&ProbeScratch::has_blobs, "no blob could be stored"};
constexpr Need kManifest{&ProbeScratch::has_manifest,
                         "no manifest could be pushed"};

struct Row {
  absl::string_view name;
  ProbeWeight weight;
  const Need* need;  // null for none
  Task<> (*probe)(ProbeClient&, ProbeScratch&, ProbeResult&);
};

constexpr ProbeWeight kEssential = ProbeWeight::kEssential;
constexpr ProbeWeight kLimit = ProbeWeight::kLimit;
constexpr ProbeWeight kNote = ProbeWeight::kNote;

constexpr Row kRows[] = {
    {"api", kEssential, nullptr, ProbeApi},
    {"auth", kEssential, &kReached, ProbeAuthentication},
    {"auth.token", kEssential, &kReached, ProbeToken},
    {"auth.realm", kLimit, &kReached, ProbeRealm},
    {"upload.start", kEssential, &kAccess, ProbeUploadStart},
    {"upload.host", kNote, &kAccess, ProbeUploadHost},
    {"upload.location", kLimit, &kAccess, ProbeUploadLocation},
    {"upload.chunked", kLimit, &kUploads, ProbeChunkedUpload},
    {"upload.whole", kLimit, &kUploads, ProbeWholeUpload},
    {"blob.head", kLimit, &kLayer, ProbeBlobHead},
    {"blob.get", kLimit, &kLayer, ProbeBlobGet},
    {"blob.direct", kNote, &kLayer, ProbeBlobDirect},
    {"blob.range", kNote, &kLayer, ProbeBlobRange},
    {"upload.mount", kNote, &kLayer, ProbeMount},
    {"manifest.put", kEssential, &kBlobs, ProbeManifestPut},
    {"manifest.get", kLimit, &kManifest, ProbeManifestGet},
    {"manifest.tag", kNote, &kManifest, ProbeTagQuery},
    {"referrers", kNote, &kManifest, ProbeReferrers},
    {"read.anonymous", kNote, &kManifest, ProbeAnonymousRead},
};

// What an upstream names is in these, and they are read at a terminal.
void MakePrintable(Examination& examination) {
  for (ProbeResult& probe : examination.probes) {
    for (std::string* text : {&probe.seen, &probe.means, &probe.configure}) {
      *text = Printable(*text);
    }
  }
  for (LeftBehind& left : examination.left) {
    left.name = Printable(left.name);
    left.seen = Printable(left.seen);
  }
}

}  // namespace

Task<Examination> Examine(ProbeClient& client, std::string nonce) {
  Examination examination;
  ProbeScratch scratch(nonce);
  for (const Row& row : kRows) {
    ProbeResult result;
    result.name = std::string(row.name);
    result.weight = row.weight;
    if (client.stopped()) {
      NotAsked("interrupted", result);
    } else if (row.need != nullptr && !(scratch.*(row.need->met))) {
      NotAsked(row.need->otherwise, result);
    } else {
      co_await row.probe(client, scratch, result);
    }
    examination.probes.push_back(std::move(result));
  }
  client.BeginCleanUp();
  CleanedUp cleaned = co_await CleanUp(client, scratch);
  examination.probes.push_back(std::move(cleaned.manifest));
  examination.probes.push_back(std::move(cleaned.blob));
  examination.left = std::move(cleaned.left);
  MakePrintable(examination);
  co_return examination;
}

Usable UsableOf(const Examination& examination) {
  bool limited = false, unknown = false;
  for (const ProbeResult& probe : examination.probes) {
    const bool essential = probe.weight == ProbeWeight::kEssential;
    if (probe.answer == ProbeAnswer::kNo) {
      if (essential) return Usable::kNo;
      limited = limited || probe.weight == ProbeWeight::kLimit;
    }
    unknown = unknown || (essential && probe.answer == ProbeAnswer::kUnknown);
  }
  if (unknown) return Usable::kUnknown;
  return limited ? Usable::kLimited : Usable::kYes;
}

absl::string_view UsableName(Usable usable) {
  switch (usable) {
    case Usable::kYes:
      return "yes";
    case Usable::kLimited:
      return "limited";
    case Usable::kNo:
      return "no";
    case Usable::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace plimsoll
