// Program: another program that a test runs: waited for, or in the background until the test is done with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meridian::connect::testing {

class Program {
 public:
  /// Output and errors go to the file.
  Program(const std::vector<std::string>& words, const std::string& output_file);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  /// Ends it when it still runs.
  ~Program();

  /// Until it ends; its exit code, or -1.
  int wait();
  bool is_running();

 private:
  int process_ = -1;
  int exit_code_ = -1;
};

bool has_program(const std::string& name);
/// A port that nobody listens on just now.
std::uint16_t free_port();
bool listens(std::uint16_t port);

}  // namespace meridian::connect::testing
