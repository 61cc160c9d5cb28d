#include "gateway/api/grpc_server.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>

#include <atomic>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "plimsoll/v1/admission.grpc.pb.h"

namespace plimsoll {
namespace {

constexpr int kMaxMessageBytes = (4 << 20) + (64 << 10);
constexpr int kMaxCalls = 256;
constexpr absl::Duration kLongestCall = absl::Seconds(20);

grpc::Status ToGrpc(const Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return grpc::Status::OK;
    case absl::StatusCode::kNotFound:
      return {grpc::StatusCode::NOT_FOUND, message};
    case absl::StatusCode::kInvalidArgument:
      return {grpc::StatusCode::INVALID_ARGUMENT, message};
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return {grpc::StatusCode::FAILED_PRECONDITION,
              absl::StrCat("the gateway's read credential: ", message)};
    case absl::StatusCode::kDeadlineExceeded:
      return {grpc::StatusCode::DEADLINE_EXCEEDED, message};
    default:
      return {grpc::StatusCode::UNAVAILABLE, message};
  }
}

StatusOr<ReferenceRequest> ReadRequest(const v1::EvaluateRequest& message,
                                       const std::string& peer) {
  ReferenceRequest request;
  request.door = Door::kGrpc;
  request.host = message.registry();
  request.repository = message.repository();
  request.reference = message.reference();
  if (message.stage() == "staged") {
    request.stage = Stage::kStaged;
  } else if (!message.stage().empty() && message.stage() != "judged") {
    return absl::InvalidArgumentError("stage: write judged or staged");
  }
  if (!message.manifest().empty()) {
    const StatusOr<Digest> named = Digest::Parse(message.reference());
    const auto algorithm =
        named.ok() ? named->algorithm() : Digest::Algorithm::kSha256;
    Digest digest = Digest::Compute(algorithm, message.manifest());
    if (named.ok() && *named != digest) {
      return absl::InvalidArgumentError(absl::StrCat("manifest: it has digest ",
                                                     digest.ToString(),
                                                     ", not the one named"));
    }
    request.manifest.emplace(FetchedManifest{
        message.manifest(), message.media_type(), std::move(digest)});
  }
  request.client.address = peer;
  request.deadline = absl::Now() + kLongestCall;
  return request;
}

class Service : public v1::AdmissionService::CallbackService {
 public:
  Service(ReferenceJudge& judge, Loop& loop) : judge_(judge), loop_(loop) {}

  grpc::ServerUnaryReactor* Evaluate(grpc::CallbackServerContext* context,
                                     const v1::EvaluateRequest* request,
                                     v1::EvaluateResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    StatusOr<ReferenceRequest> read = ReadRequest(*request, context->peer());
    if (!read.ok()) {
      reactor->Finish(ToGrpc(read.status()));
      return reactor;
    }
    if (calls_.fetch_add(1) >= kMaxCalls) {
      --calls_;
      reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED,
                       "too many calls at once; try again"});
      return reactor;
    }
    const absl::Time asked = absl::FromChrono(context->deadline());
    read->deadline = std::min(read->deadline, asked);
    asio::co_spawn(loop_.executor(), judge_.Judge(*std::move(read)),
                   [this, reactor, response](const std::exception_ptr& thrown,
                                             StatusOr<Judgement> judged) {
                     --calls_;
                     if (thrown)
                       judged = absl::InternalError("the judgement broke off");
                     if (judged.ok()) {
                       *response->mutable_decision() =
                           std::move(judged->decision);
                     }
                     reactor->Finish(ToGrpc(judged.status()));
                   });
    return reactor;
  }

 private:
  ReferenceJudge& judge_;
  Loop& loop_;
  std::atomic<int> calls_{0};
};

class GrpcServerOnSocket : public GrpcServer {
 public:
  GrpcServerOnSocket(ReferenceJudge& judge, Loop& loop)
      : service_(judge, loop) {}

  Status Bind(const std::string& address) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(),
                             &port_);
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    // Two gateways must not share a port, each answering some of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(&service_);
    const bool on_disk = absl::StartsWith(address, "unix:");
    const mode_t mask = ::umask(0077);  // the socket is for our user alone
    server_ = builder.BuildAndStart();
    ::umask(mask);
    if (server_ == nullptr || (!on_disk && port_ == 0)) {
      return absl::UnavailableError(
          absl::StrCat("gRPC: cannot listen on ", address));
    }
    if (on_disk) port_ = 0;
    return absl::OkStatus();
  }

  void Shutdown(absl::Duration grace) override {
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
  }
  int port() const override { return port_; }

 private:
  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const std::string& address, ReferenceJudge& judge, Loop& loop) {
  auto server = std::make_unique<GrpcServerOnSocket>(judge, loop);
  RETURN_IF_ERROR(server->Bind(address));
  return server;
}

}  // namespace plimsoll
