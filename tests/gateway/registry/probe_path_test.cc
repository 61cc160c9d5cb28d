#include "gateway/registry/probe_path.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using Way = ProbedPath::Way;

TEST(FollowPath, TellsWhereClientsOfTheGatewayAreLed) {
  struct {
    const char* url;
    Way way;
    const char* prefix;
    const char* authority;
    const char* target;
  } kTable[] = {
      {"/v2/a/blobs/uploads/1?_state=x%3D", Way::kRouted, "", "",
       "/v2/a/blobs/uploads/1?_state=x%3D"},
      {"http://gw:5000/v2/a/blobs/uploads/1", Way::kRouted, "", "gw:5000",
       "/v2/a/blobs/uploads/1"},
      {"https://GW:5000/v2/a/blobs/uploads/1", Way::kRouted, "", "GW:5000",
       "/v2/a/blobs/uploads/1"},
      {"/uploads/1", Way::kPassThrough, "/uploads", "", "/uploads/1"},
      {"/uploads", Way::kPassThrough, "/uploads", "", "/uploads"},
      {"/uploads?id=1", Way::kPassThrough, "/uploads", "", "/uploads?id=1"},
      {"/a%2Fb/1", Way::kRefused, "", "", "/a%2Fb/1"},
      {"/x/V2/1", Way::kRefused, "", "", "/x/V2/1"},
      {"/v2/a/sessions/1", Way::kRefused, "", "", "/v2/a/sessions/1"},
      {"uploads/1", Way::kRefused, "", "", "uploads/1"},
      {"", Way::kRefused, "", "", ""},
      {"http://gw/v2/a/blobs/uploads/1", Way::kElsewhere, "", "gw",
       "/v2/a/blobs/uploads/1"},
      {"https://store.example", Way::kElsewhere, "", "store.example", "/"},
      {"https://store.example?sig=1", Way::kElsewhere, "", "store.example",
       "?sig=1"},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.url);
    const ProbedPath path = FollowPath("PATCH", row.url, "gw:5000");
    EXPECT_EQ(path.way, row.way);
    EXPECT_EQ(path.prefix, row.prefix);
    EXPECT_EQ(path.authority, row.authority);
    EXPECT_EQ(path.target, row.target);
  }
}

}  // namespace
}  // namespace plimsoll
