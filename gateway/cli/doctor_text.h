// What `plimsoll doctor` found, for people and for programs. Pure.
#ifndef PLIMSOLL_GATEWAY_CLI_DOCTOR_TEXT_H_
#define PLIMSOLL_GATEWAY_CLI_DOCTOR_TEXT_H_

#include <string>
#include <vector>

#include "gateway/registry/examination.h"

namespace plimsoll {

struct DoctorReport {
  std::string upstream;    // its URL
  std::string repository;  // where scratch content was pushed
  std::string ca_file;     // "" for the system's authorities
  Examination examination;
};

// A conclusion, a line or more for each probe, what to configure, what is left.
std::string DoctorText(const DoctorReport& report);
// The same as one line of JSON, "schema": 1.
std::string DoctorJson(const DoctorReport& report);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_DOCTOR_TEXT_H_
