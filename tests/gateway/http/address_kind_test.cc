#include "gateway/http/address_kind.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using Kind = AddressKind;

struct Row {
  const char* address;
  Kind kind;
};

TEST(KindOf, KnowsTheSpecialRangesAtTheirEnds) {
  const Row kTable[] = {
      {"0.0.0.0", Kind::kNone},
      {"0.255.255.255", Kind::kNone},
      {"1.0.0.0", Kind::kPublic},
      {"9.255.255.255", Kind::kPublic},
      {"10.0.0.0", Kind::kPrivate},
      {"10.255.255.255", Kind::kPrivate},
      {"11.0.0.0", Kind::kPublic},
      {"100.63.255.255", Kind::kPublic},
      {"100.64.0.0", Kind::kPrivate},
      {"100.127.255.255", Kind::kPrivate},
      {"100.128.0.0", Kind::kPublic},
      {"127.0.0.1", Kind::kLoopback},
      {"127.255.255.255", Kind::kLoopback},
      {"128.0.0.0", Kind::kPublic},
      {"169.253.255.255", Kind::kPublic},
      {"169.254.169.254", Kind::kLinkLocal},
      {"169.255.0.0", Kind::kPublic},
      {"172.15.255.255", Kind::kPublic},
      {"172.16.0.0", Kind::kPrivate},
      {"172.31.255.255", Kind::kPrivate},
      {"172.32.0.0", Kind::kPublic},
      {"192.0.0.1", Kind::kNone},
      {"192.0.2.1", Kind::kNone},
      {"192.88.99.1", Kind::kNone},
      {"192.167.255.255", Kind::kPublic},
      {"192.168.0.0", Kind::kPrivate},
      {"192.169.0.0", Kind::kPublic},
      {"198.18.0.1", Kind::kPrivate},
      {"198.20.0.0", Kind::kPublic},
      {"198.51.100.1", Kind::kNone},
      {"203.0.113.1", Kind::kNone},
      {"223.255.255.255", Kind::kPublic},
      {"224.0.0.1", Kind::kNone},
      {"255.255.255.255", Kind::kNone},
      {"::", Kind::kNone},
      {"::1", Kind::kLoopback},
      {"::2", Kind::kNone},
      {"::ffff:127.0.0.1", Kind::kLoopback},
      {"::ffff:169.254.169.254", Kind::kLinkLocal},
      {"::ffff:8.8.8.8", Kind::kPublic},
      {"::127.0.0.1", Kind::kNone},
      {"64:ff9b::a9fe:a9fe", Kind::kLinkLocal},
      {"64:ff9b::808:808", Kind::kPublic},
      {"64:ff9b:1::a00:1", Kind::kNone},
      {"2002:7f00:1::", Kind::kLoopback},
      {"2002:808:808::", Kind::kPublic},
      {"2001::1", Kind::kNone},
      {"2001:db8::1", Kind::kNone},
      {"2001:4860::1", Kind::kPublic},
      {"2600::1", Kind::kPublic},
      {"fc00::1", Kind::kPrivate},
      {"fdff::1", Kind::kPrivate},
      {"fe80::1", Kind::kLinkLocal},
      {"febf::1", Kind::kLinkLocal},
      {"fec0::1", Kind::kNone},
      {"ff02::1", Kind::kNone},
  };
  for (const Row& row : kTable) {
    EXPECT_EQ(KindOf(boost::asio::ip::make_address(row.address)), row.kind)
        << row.address;
  }
}

TEST(MayLeadTo, LeadsToTheWorldAndToWhereTheUpstreamItselfIs) {
  constexpr Kind kKinds[] = {Kind::kPublic, Kind::kPrivate, Kind::kLoopback,
                             Kind::kLinkLocal, Kind::kNone};
  // Rows: the upstream; columns: where it leads.
  constexpr bool kTable[5][5] = {
      {true, false, false, false, false},  // public
      {true, true, false, false, false},   // private
      {true, true, true, false, false},    // loopback
      {true, false, false, true, false},   // link-local
      {true, false, false, false, false},  // none
  };
  for (int from = 0; from < 5; ++from) {
    for (int to = 0; to < 5; ++to) {
      EXPECT_EQ(MayLeadTo(kKinds[from], kKinds[to]), kTable[from][to])
          << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace plimsoll
