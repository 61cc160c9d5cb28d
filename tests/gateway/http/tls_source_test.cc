// TLS files that change under a running server.
#include "gateway/http/tls_source.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "gateway/observe/metrics.h"
#include "tests/gateway/http/tls_fixture.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Code = absl::StatusCode;

// While it lives no file can be opened.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoMoreFiles() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before_), 0); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

class TlsSourceTest : public TlsTest {
 protected:
  // A server on the two files, which hold `first`.
  void Begin(const TestCertificate& first) {
    Write(first);
    settings_.certificate_file = directory_.Path("tls.crt");
    settings_.key_file = directory_.Path("tls.key");
    Begin();
  }
  void Begin() {
    auto source = TlsSource::Server("webhook", settings_, 1, now_);
    ASSERT_THAT(source, IsOk());
    source_ = *std::move(source);
    HttpServer::Options options;
    options.tls = source_->holder();
    Start(options);
  }
  void Write(const TestCertificate& pair) const {
    directory_.Write("tls.crt", pair.certificate());
    directory_.Write("tls.key", pair.key());
  }
  // The certificate that a new connection sees.
  std::string Shown() const {
    TlsClient client(port_);
    EXPECT_THAT(client.Handshake(), IsOk());
    return client.server_certificate();
  }
  std::string LogOfRenewal() {
    CaptureLog();
    source_->RenewIfChanged(now_);
    return CapturedLog();
  }

  const ScratchDir directory_;
  ServerTlsSettings settings_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::shared_ptr<TlsSource> source_;
};

TEST_F(TlsSourceTest, GivesNewConnectionsWhatItsFilesHoldNow) {
  Begin(certificate_);
  EXPECT_EQ(Shown(), certificate_.certificate());
  EXPECT_EQ(LogOfRenewal(), "") << "nothing has changed";
  const TestCertificate next;
  Write(next);
  EXPECT_EQ(Shown(), certificate_.certificate()) << "nobody has looked yet";
  EXPECT_THAT(LogOfRenewal(),
              AllOf(HasSubstr(R"("level":"info","event":"tls","of":"webhook")"),
                    HasSubstr(settings_.certificate_file)));
  EXPECT_EQ(Shown(), next.certificate());
  EXPECT_EQ(LogOfRenewal(), "");
}

TEST_F(TlsSourceTest, LeavesOpenConnectionsAlone) {
  Begin(certificate_);
  TlsClient open(port_);
  ASSERT_THAT(open.Handshake(), IsOk());
  constexpr absl::string_view kKept = "GET /b HTTP/1.1\r\nHost: r\r\n\r\n";
  EXPECT_THAT(open.AskOnce(kKept), IsOkAndHolds(HasSubstr("GET /b")));
  Write(TestCertificate());
  source_->RenewIfChanged(now_);
  EXPECT_THAT(open.AskOnce(kKept), IsOkAndHolds(HasSubstr("GET /b")));
  EXPECT_EQ(open.server_certificate(), certificate_.certificate());
}

// As kubelet updates a mounted secret: the files are links through "..data",
// which is swapped; neither the files nor their folder change.
TEST_F(TlsSourceTest, FollowsTheLinksOfAMountedSecret) {
  const TestCertificate next;
  directory_.Write("..1/tls.crt", certificate_.certificate());
  directory_.Write("..1/tls.key", certificate_.key());
  directory_.Write("..2/tls.crt", next.certificate());
  directory_.Write("..2/tls.key", next.key());
  fs::create_directory_symlink("..1", directory_.Path("..data"));
  for (const std::string name : {"tls.crt", "tls.key"}) {
    fs::create_symlink("..data/" + name, directory_.Path(name));
  }
  settings_.certificate_file = directory_.Path("tls.crt");
  settings_.key_file = directory_.Path("tls.key");
  Begin();
  EXPECT_EQ(Shown(), certificate_.certificate());
  fs::create_directory_symlink("..2", directory_.Path("..next"));
  fs::rename(directory_.Path("..next"), directory_.Path("..data"));
  source_->RenewIfChanged(now_);
  EXPECT_EQ(Shown(), next.certificate());
}

TEST_F(TlsSourceTest, KeepsWhatItHasWhereTheNewIsBrokenAndSaysSoOnce) {
  Begin(certificate_);
  const TestCertificate next;
  directory_.Write("tls.crt", next.certificate());
  EXPECT_THAT(
      LogOfRenewal(),
      AllOf(HasSubstr(R"("level":"error","event":"tls","of":"webhook")"),
            HasSubstr(settings_.key_file), HasSubstr("key values mismatch"),
            HasSubstr("what was read before stays in use")));
  EXPECT_EQ(LogOfRenewal(), "");
  EXPECT_EQ(Shown(), certificate_.certificate());
  fs::remove(settings_.key_file);
  EXPECT_THAT(LogOfRenewal(), HasSubstr("No such file or directory"));
  EXPECT_EQ(LogOfRenewal(), "");
  EXPECT_EQ(Shown(), certificate_.certificate());
  directory_.Write("tls.key", next.key());
  EXPECT_THAT(LogOfRenewal(), HasSubstr(R"("level":"info")"));
  EXPECT_EQ(Shown(), next.certificate());
}

// Nothing about the files changes when it is over.
TEST_F(TlsSourceTest, TriesAgainWhereReadingFailedForAnotherReason) {
  Begin(certificate_);
  const TestCertificate next;
  Write(next);
  CaptureLog();
  {
    const NoMoreFiles none;
    for (int i = 0; i < 2; ++i) source_->RenewIfChanged(now_);
  }
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr("Too many open files"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_THAT(LogOfRenewal(), HasSubstr(R"("level":"info")"));
  EXPECT_EQ(Shown(), next.certificate());
  EXPECT_EQ(LogOfRenewal(), "");
}

TEST_F(TlsSourceTest, SaysAgainWhatIsBrokenToWhoAsksForIt) {
  Begin(certificate_);
  fs::remove(settings_.key_file);
  EXPECT_THAT(LogOfRenewal(), HasSubstr("No such file or directory"));
  CaptureLog();
  source_->Renew(now_);
  EXPECT_THAT(CapturedLog(), HasSubstr("No such file or directory"));
}

TEST_F(TlsSourceTest, LogsNothingThatAKeyFileHolds) {
  Begin(certificate_);
  const std::string key = TestCertificate().key();
  directory_.Write("tls.key", key.substr(0, key.size() / 2));
  const std::string log = LogOfRenewal();
  EXPECT_THAT(log, HasSubstr("holds no private key in PEM"));
  EXPECT_THAT(log, Not(HasSubstr(key.substr(40, 10))));
}

TEST_F(TlsSourceTest, ReadsAgainWhenItIsAskedTo) {
  Begin(certificate_);
  CaptureLog();
  source_->Renew(now_);
  EXPECT_THAT(CapturedLog(), HasSubstr(R"("event":"tls","of":"webhook")"));
}

TEST_F(TlsSourceTest, TellsWhenItsCertificateExpires) {
  const auto expiry = [] {
    return metrics::tls_certificate_expiry.Get({"webhook"});
  };
  TestCertificate::Options options;
  options.ends = absl::Hours(100);
  Begin(TestCertificate(options));
  const double first = expiry();
  const absl::Duration ahead = absl::Hours(100);
  EXPECT_NEAR(
      first, static_cast<double>(absl::ToUnixSeconds(absl::Now() + ahead)), 60);
  options.ends = absl::Hours(200);
  Write(TestCertificate(options));
  source_->RenewIfChanged(now_);
  EXPECT_NEAR(expiry() - first, 100 * 3600, 60);
}

// Each has its gauge: what a listener shows, and what upstreams are shown.
TEST_F(TlsSourceTest, TellsWhenTheFirstOfItsUpstreamsCertificatesExpires) {
  const auto listener = [] {
    return metrics::tls_certificate_expiry.Get({"webhook"});
  };
  const auto upstream = [] {
    return metrics::upstream_certificate_expiry.Get({});
  };
  Begin(certificate_);
  const double shown = listener();
  TlsSources all{source_};
  TellUpstreamExpiry(all);
  EXPECT_EQ(upstream(), 0) << "no upstream is shown one";
  ClientTlsSettings settings = Trusting(certificate_);
  const auto add = [&](const std::string& name, int hours) {
    TestCertificate::Options options;
    options.ends = absl::Hours(hours);
    const TestCertificate own(options);
    settings.certificate_file =
        directory_.Write(name + ".crt", own.certificate());
    settings.key_file = directory_.Write(name + ".key", own.key());
    const auto source = TlsSource::Client("webhook", settings, now_);
    ASSERT_THAT(source, IsOk());
    all.push_back(*source);
  };
  const auto ahead = [](int hours) {
    return static_cast<double>(
        absl::ToUnixSeconds(absl::Now() + absl::Hours(hours)));
  };
  add("later", 300);
  TellUpstreamExpiry(all);
  EXPECT_NEAR(upstream(), ahead(300), 60);
  add("sooner", 200);
  TellUpstreamExpiry(all);
  EXPECT_NEAR(upstream(), ahead(200), 60);
  TestCertificate::Options options;
  options.ends = absl::Hours(400);
  const TestCertificate renewed(options);
  directory_.Write("sooner.crt", renewed.certificate());
  directory_.Write("sooner.key", renewed.key());
  all.back()->RenewIfChanged(now_);
  TellUpstreamExpiry(all);
  EXPECT_NEAR(upstream(), ahead(300), 60) << "the other is the first now";
  EXPECT_EQ(listener(), shown);
}

TEST_F(TlsSourceTest, RenewsWhoVouchesForClients) {
  const TestCertificate client;
  settings_.client_ca_file = directory_.Write("ca.crt", "");
  settings_.client_auth = ClientAuth::kRequired;
  directory_.Write("ca.crt", TestCertificate().certificate());
  Begin(certificate_);
  TlsClient::Options options;
  options.certificate_file = client.certificate_file();
  options.key_file = client.key_file();
  const auto answer = [&]() -> StatusOr<std::string> {
    TlsClient asking(port_, options);
    RETURN_IF_ERROR(asking.Handshake());
    return asking.Ask(kGet);
  };
  EXPECT_THAT(answer(), StatusIs(Code::kUnavailable));
  directory_.Write("ca.crt", client.certificate());
  source_->RenewIfChanged(now_);
  EXPECT_THAT(answer(), IsOkAndHolds(HasSubstr("GET /a")));
}

// The way to an upstream: its authority and our certificate.
TEST_F(TlsSourceTest, RenewsWhatAClientTrustsAndShows) {
  ServerTlsSettings server = Showing(certificate_);
  const TestCertificate own;
  server.client_ca_file = own.certificate_file();
  server.client_auth = ClientAuth::kRequired;
  Start(Secure(server));
  const TestCertificate wrong;
  ClientTlsSettings settings;
  settings.ca_file = directory_.Write("ca.crt", wrong.certificate());
  settings.certificate_file = directory_.Write("c.crt", wrong.certificate());
  settings.key_file = directory_.Write("c.key", wrong.key());
  const auto source = TlsSource::Client("upstream", settings, now_);
  ASSERT_THAT(source, IsOk());
  const UpstreamAddress address{true, "localhost", absl::StrCat(port_)};
  UpstreamPool pool(loop_.loop(), address, (*source)->holder());
  const auto get = [&] {
    ClientRequest request;
    request.head.method = "GET";
    request.head.target = "/";
    return loop_.Wait<StatusOr<HttpAnswer>>(
        [&] { return Fetch(pool, request, 100); });
  };
  EXPECT_THAT(get(), StatusIs(Code::kUnavailable, HasSubstr("not trusted")));
  directory_.Write("ca.crt", certificate_.certificate());
  (*source)->RenewIfChanged(now_);
  EXPECT_THAT(get(), StatusIs(Code::kUnavailable, HasSubstr("alert")));
  directory_.Write("c.crt", own.certificate());
  directory_.Write("c.key", own.key());
  (*source)->RenewIfChanged(now_);
  EXPECT_THAT(get(), IsOk());
  loop_.Do([&] { pool.Clear(); });
}

// One of several: the log names it.
TEST_F(TlsSourceTest, IsCalledByItsUpstreamInTheLog) {
  ClientTlsSettings settings = Trusting(certificate_);
  settings.ca_file = directory_.Write("ca.crt", certificate_.certificate());
  const UpstreamAddress address{true, "localhost", "443"};
  const auto tls = UpstreamTls::New("mirror", address, settings);
  ASSERT_THAT(tls, IsOk());
  directory_.Write("ca.crt", "");
  CaptureLog();
  for (const auto& source : {tls->upstream, tls->elsewhere}) {
    source->RenewIfChanged(absl::Now());
  }
  EXPECT_THAT(CapturedLog(),
              AllOf(HasSubstr(R"("of":"upstream mirror","error":")"),
                    HasSubstr(R"("of":"where upstream mirror leads to")")));
}

TEST(TlsContext, TakesAChainAndItsKeyFromOneFile) {
  const TestCertificate authority = TestCertificate::Authority();
  TestCertificate::Options options;
  options.issuer = &authority;
  const TestCertificate leaf(options);
  const ScratchDir directory;
  const std::string all = directory.Write(
      "all.pem", leaf.key() + leaf.certificate() + authority.certificate());
  EXPECT_THAT(TlsContext::Server({all, all, "", {}}, *TicketKeys::New()),
              IsOk());
}

TEST(TlsContext, SaysWhichFileIsWrong) {
  const TestCertificate good;
  const ScratchDir directory;
  const std::string none = directory.Path("none.pem");
  const std::string empty = directory.Write("empty.pem", "");
  const std::string cut =
      directory.Write("cut.pem", good.certificate().substr(0, 200));
  const std::string torn =
      directory.Write("torn.pem", good.certificate() +
                                      "-----BEGIN CERTIFICATE"
                                      "-----\nAAAA\n");
  const std::string locked =
      directory.Write("locked.pem",
                      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n"
                      "-----END ENCRYPTED PRIVATE KEY-----\n");
  const std::string large =
      directory.Write("large.pem", std::string(kMaxPemFileBytes + 1, '\n'));
  const std::string most = directory.Write(
      "most.pem",
      good.certificate() +
          std::string(kMaxPemFileBytes - good.certificate().size(), '\n'));
  const std::string& key = good.key_file();
  const std::string& chain = good.certificate_file();
  const std::string other = TestCertificate::Authority().key();
  const std::string wrong = directory.Write("wrong.pem", other);
  struct Case {
    ServerTlsSettings settings;
    std::string said;
  };
  const auto demanding = [&](const std::string& authority) {
    return ServerTlsSettings{chain, key, authority, ClientAuth::kRequired};
  };
  EXPECT_THAT(TlsContext::Server({most, key, "", {}}, *TicketKeys::New()),
              IsOk());
  const Case cases[] = {
      {{large, key, "", {}}, absl::StrCat(large, ": is larger than 4194304")},
      {{none, key, "", {}}, absl::StrCat("certificate: ", none, ": No such")},
      {{empty, key, "", {}},
       absl::StrCat("certificate: ", empty, ": holds no certificate in PEM")},
      {{key, key, "", {}}, absl::StrCat(key, ": holds no certificate in PEM")},
      {{cut, key, "", {}}, absl::StrCat("certificate: ", cut, ": ")},
      {{torn, key, "", {}}, absl::StrCat("certificate: ", torn, ": ")},
      {{chain, none, "", {}}, absl::StrCat("key: ", none, ": No such")},
      {{chain, chain, "", {}},
       absl::StrCat("key: ", chain, ": holds no private key in PEM")},
      {{chain, locked, "", {}},
       absl::StrCat(locked,
                    ": the key has a passphrase; write one that has "
                    "none")},
      {{chain, wrong, "", {}}, "key values mismatch"},
      {demanding(none), absl::StrCat("client CA: ", none, ": No such")},
      {demanding(empty), absl::StrCat("client CA: ", empty, ": holds no")},
  };
  for (const Case& c : cases) {
    const auto made = TlsContext::Server(c.settings, *TicketKeys::New());
    EXPECT_FALSE(made.ok()) << c.said;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(c.said));
  }
  EXPECT_THAT(TlsContext::Client({none, false, "", "", ""}),
              StatusIs(Code::kNotFound, HasSubstr("CA file: " + none)));
  EXPECT_THAT(TlsContext::Client({"", false, chain, none, ""}),
              StatusIs(Code::kNotFound, HasSubstr("key: " + none)));
}

}  // namespace
}  // namespace plimsoll
