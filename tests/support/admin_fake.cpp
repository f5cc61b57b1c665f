// The management endpoint over a service that exists in memory alone, for tests of its clients.
//   usage: overlap_admin_fake PORT [--anonymous]
// Prints its address and its token, and runs until its input ends.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "admin/api/server.h"
#include "tests/support/fake_management.h"

int main(int count, char** arguments) {
  using namespace std::chrono_literals;
  if (count < 2) {
    std::cerr << "usage: overlap_admin_fake PORT [--anonymous]\n";
    return 1;
  }
  overlap::config::Admin config;
  config.port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  config.anonymous_read = count > 2 && std::string{arguments[2]} == "--anonymous";
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  overlap::FakeManagement fake{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  overlap::admin::Sampler sampler{fake, fake};
  overlap::admin::AdminServer server{config, fake.management(), sampler};
  try {
    sampler.start();
    server.start();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << "http://127.0.0.1:" << server.port() << ' ' << overlap::FakeManagement::token
            << std::endl;
  std::jthread work{[&](const std::stop_token& stop) {
    for (int round = 1; !stop.stop_requested(); ++round) {
      std::this_thread::sleep_for(100ms);
      fake.advance(100ms);
      if (round % 50 == 0) fake.add_event(overlap::config::Severity::info, 0, "A line of the log.");
    }
  }};
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
