#include "tests/support/image_builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "policy/base/chain.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr int64_t kLayerSize = 100;

std::string Member(absl::string_view name, absl::string_view json) {
  return absl::StrCat(QuoteJson(name), ":", json);
}

std::string Object(const std::vector<std::string>& members) {
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

std::string Array(const std::vector<std::string>& elements) {
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
}

std::string Pairs(const StringPairs& pairs) {
  std::vector<std::string> members;
  for (const auto& [key, value] : pairs) {
    members.push_back(Member(key, QuoteJson(value)));
  }
  return Object(members);
}

std::string Entry(const HistoryEntry& entry) {
  std::vector<std::string> members = {
      Member("created_by", QuoteJson(entry.created_by)),
      Member("author", QuoteJson(entry.author)),
      Member("comment", QuoteJson(entry.comment))};
  if (entry.empty_layer) members.push_back(Member("empty_layer", "true"));
  return Object(members);
}

std::string DescriptorOf(absl::string_view media_type, const Digest& digest,
                         int64_t size) {
  return Object({Member("mediaType", QuoteJson(media_type)),
                 Member("digest", QuoteJson(digest.ToString())),
                 Member("size", absl::StrCat(size))});
}

std::vector<std::optional<LayerFacts>> FactsOf(const ImageManifest& manifest,
                                               const ImageConfig& config) {
  std::vector<std::optional<LayerFacts>> facts(manifest.layers.size());
  for (size_t i = 0; i < facts.size() && i < config.diff_ids.size(); ++i) {
    facts[i] = LayerFacts{manifest.layers[i].digest, config.diff_ids[i]};
    facts[i]->size = manifest.layers[i].size;
  }
  return facts;
}

}  // namespace

TestImage ImageFromDocuments(std::string manifest_bytes,
                             std::string config_bytes) {
  const JsonValue document = ParseJson(manifest_bytes).value();
  const JsonValue* type = document.Find("mediaType");
  Manifest manifest =
      ParseManifest(manifest_bytes, type == nullptr
                                        ? std::string(kOciManifestType)
                                        : *type->AsString())
          .value();
  ImageManifest image = std::get<ImageManifest>(std::move(manifest));
  ImageConfig config = ParseImageConfig(config_bytes).value();
  std::vector<std::optional<LayerFacts>> facts = FactsOf(image, config);
  const Digest manifest_digest = Digest::Sha256(manifest_bytes);
  const Digest config_digest = Digest::Sha256(config_bytes);
  return {std::move(manifest_bytes), std::move(config_bytes),
          manifest_digest,           config_digest,
          std::move(image),          std::move(config),
          std::move(facts)};
}

BaseRecord RecordOf(const TestImage& image, std::vector<std::string> names,
                    Approval approval) {
  std::vector<Digest> layers;
  for (const Descriptor& layer : image.manifest.layers) {
    layers.push_back(layer.digest);
  }
  BaseRecord record{image.manifest_digest,
                    std::nullopt,
                    image.config_digest,
                    image.config.platform,
                    std::move(layers),
                    image.config.diff_ids,
                    ChainIds(image.config.diff_ids).back()};
  record.history = image.config.history;
  record.env = image.config.env;
  record.labels = image.config.labels;
  record.annotations = image.manifest.annotations;
  record.created = image.config.created;
  for (std::string& name : names) {
    record.names.push_back(
        {std::move(name),
         absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()),
         absl::FromCivil(absl::CivilDay(2026, 2, 1), absl::UTCTimeZone())});
  }
  record.approval = approval;
  record.proven = true;
  return record;
}

ImageBuilder::ImageBuilder(const TestImage& base) : config_(base.config) {
  for (const Descriptor& layer : base.manifest.layers) {
    layers_.push_back(layer.digest);
  }
}

void ImageBuilder::AddLayer(Digest layer, Digest diff_id,
                            absl::string_view created_by) {
  layers_.push_back(std::move(layer));
  config_.diff_ids.push_back(std::move(diff_id));
  HistoryEntry entry;
  entry.created_by = std::string(created_by);
  config_.history.push_back(std::move(entry));
}

ImageBuilder& ImageBuilder::Layer(absl::string_view content) {
  AddLayer(Digest::Sha256(absl::StrCat("stored ", content)),
           Digest::Sha256(content), absl::StrCat("/bin/sh -c ", content));
  return *this;
}

ImageBuilder& ImageBuilder::EmptyLayer() {
  AddLayer(Digest::Sha256("stored empty"),
           Digest::Sha256(std::string(1024, '\0')), "WORKDIR /srv");
  return *this;
}

ImageBuilder& ImageBuilder::Metadata(absl::string_view created_by) {
  HistoryEntry entry;
  entry.created_by = std::string(created_by);
  entry.empty_layer = true;
  return History(std::move(entry));
}

ImageBuilder& ImageBuilder::History(HistoryEntry entry) {
  config_.history.push_back(std::move(entry));
  return *this;
}

ImageBuilder& ImageBuilder::NoHistory() {
  config_.history.clear();
  return *this;
}

ImageBuilder& ImageBuilder::Comment(absl::string_view comment) {
  config_.history.back().comment = std::string(comment);
  return *this;
}

ImageBuilder& ImageBuilder::Env(absl::string_view setting) {
  config_.env.emplace_back(setting);
  return *this;
}

ImageBuilder& ImageBuilder::Label(absl::string_view key,
                                  absl::string_view value) {
  config_.labels.emplace_back(key, value);
  return *this;
}

ImageBuilder& ImageBuilder::Annotation(absl::string_view key,
                                       absl::string_view value) {
  annotations_.emplace_back(key, value);
  return *this;
}

ImageBuilder& ImageBuilder::Image(absl::string_view image) {
  config_.image = std::string(image);
  return *this;
}

ImageBuilder& ImageBuilder::User(absl::string_view user) {
  config_.user = std::string(user);
  return *this;
}

ImageBuilder& ImageBuilder::On(Platform platform) {
  config_.platform = std::move(platform);
  return *this;
}

std::string ImageBuilder::ConfigBytes() const {
  std::vector<std::string> diff_ids;
  for (const Digest& diff_id : config_.diff_ids) {
    diff_ids.push_back(QuoteJson(diff_id.ToString()));
  }
  std::vector<std::string> env;
  for (const std::string& setting : config_.env) {
    env.push_back(QuoteJson(setting));
  }
  std::vector<std::string> history;
  for (const HistoryEntry& entry : config_.history) {
    history.push_back(Entry(entry));
  }
  const std::string config = Object({Member("Env", Array(env)),
                                     Member("Labels", Pairs(config_.labels)),
                                     Member("Image", QuoteJson(config_.image)),
                                     Member("User", QuoteJson(config_.user))});
  return Object(
      {Member("architecture", QuoteJson(config_.platform.architecture)),
       Member("os", QuoteJson(config_.platform.os)),
       Member("variant", QuoteJson(config_.platform.variant)),
       Member("config", config),
       Member("rootfs", Object({Member("type", QuoteJson("layers")),
                                Member("diff_ids", Array(diff_ids))})),
       Member("history", Array(history))});
}

std::string ImageBuilder::ManifestBytes(const std::string& config) const {
  std::vector<std::string> layers;
  for (const Digest& layer : layers_) {
    layers.push_back(DescriptorOf("application/vnd.oci.image.layer.v1.tar+gzip",
                                  layer, kLayerSize));
  }
  return Object(
      {Member("schemaVersion", "2"),
       Member("mediaType", QuoteJson(kOciManifestType)),
       Member("config", DescriptorOf(kOciConfigType, Digest::Sha256(config),
                                     static_cast<int64_t>(config.size()))),
       Member("layers", Array(layers)),
       Member("annotations", Pairs(annotations_))});
}

TestImage ImageBuilder::Build() const {
  std::string config = ConfigBytes();
  std::string manifest = ManifestBytes(config);
  return ImageFromDocuments(std::move(manifest), std::move(config));
}

}  // namespace plimsoll
