#include "gateway/registry/location.h"

#include <gtest/gtest.h>

#include <string>

namespace plimsoll {
namespace {

const ClientView kView{"https", "gateway.example"};

TEST(RewriteUrl, NamesTheGatewayForTheUpstreamAndNothingElse) {
  const UpstreamAddress plain{false, "registry.example", "5000"};
  const UpstreamAddress tls{true, "registry.example", "443"};
  const UpstreamAddress v6{false, "::1", "5000"};
  const struct {
    const UpstreamAddress& upstream;
    std::string url;
    std::string rewritten;
  } cases[] = {
      {plain, "http://registry.example:5000/v2/a",
       "https://gateway.example/v2/a"},
      {plain, "http://REGISTRY.example:5000", "https://gateway.example"},
      {plain, "https://registry.example:5000/x?a=b%2F#c",
       "https://gateway.example/x?a=b%2F#c"},
      {plain, "http://gateway.example/x", "https://gateway.example/x"},
      {plain, "http://Gateway.example/x", "https://gateway.example/x"},
      {plain, "http://gateway.example:80/x", "http://gateway.example:80/x"},
      {plain, "http://registry.example/x", "http://registry.example/x"},
      {plain, "http://registry.example:50000/x",
       "http://registry.example:50000/x"},
      {plain, "http://registry.example:5000.evil/x",
       "http://registry.example:5000.evil/x"},
      {plain, "http://a@registry.example:5000/x",
       "http://a@registry.example:5000/x"},
      {plain, "/v2/a/blobs/uploads/1", "/v2/a/blobs/uploads/1"},
      {plain, "//registry.example:5000/x", "//registry.example:5000/x"},
      {plain, "ftp://registry.example:5000/x", "ftp://registry.example:5000/x"},
      {plain, "", ""},
      {tls, "https://registry.example/x", "https://gateway.example/x"},
      {tls, "https://registry.example:443/x", "https://gateway.example/x"},
      {tls, "http://registry.example/x", "http://registry.example/x"},
      {v6, "http://[::1]:5000/x", "https://gateway.example/x"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(RewriteUrl(c.url, c.upstream, kView), c.rewritten);
  }
}

// Behind a proxy that ends TLS and is not trusted to say so.
TEST(RewriteUrl, NeverTakesTlsFromAClient) {
  const UpstreamAddress upstream{false, "registry.example", "5000"};
  const ClientView plain{"http", "gateway.example"};
  const std::string url = "https://gateway.example/v2/a";
  EXPECT_EQ(RewriteUrl(url, upstream, plain), url);
}

TEST(RewriteLocations, RewritesLocationAndTheTargetOfLink) {
  const UpstreamAddress upstream{false, "registry.example", "5000"};
  ResponseHead head;
  head.headers.Add("Location", "http://registry.example:5000/a");
  head.headers.Add("Link",
                   "<http://registry.example:5000/v2/_catalog?n=1&last=b>; "
                   "rel=\"next\"");
  RewriteLocations(upstream, kView, head);
  EXPECT_EQ(*head.headers.Find("Location"), "https://gateway.example/a");
  EXPECT_EQ(*head.headers.Find("Link"),
            "<https://gateway.example/v2/_catalog?n=1&last=b>; rel=\"next\"");
}

TEST(RewriteLocations, LeavesAloneWhatItDoesNotKnow) {
  const UpstreamAddress upstream{false, "registry.example", "5000"};
  for (const std::string link : {"", "<", "</v2/_catalog>; rel=\"next\"",
                                 "http://registry.example:5000/x"}) {
    ResponseHead head;
    head.headers.Add("Link", link);
    RewriteLocations(upstream, kView, head);
    EXPECT_EQ(*head.headers.Find("Link"), link);
    EXPECT_FALSE(head.headers.Has("Location"));
  }
}

}  // namespace
}  // namespace plimsoll
