// A doctor and a machine in memory for the tests of what it says.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "admin/ctl/doctor/examine.h"
#include "admin/ctl/field.h"
#include "tests/unit/ctl/fake_machine.h"
#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl::doctor {

class Doctor : public testing::Test, public ProgramFixture {
 protected:
  Doctor() {
    machine = &patient;
    files["/etc/overlap.toml"] = config_with("");
    service.answer("GET /api/v1/findings", R"({"findings":[]})");
  }

  static std::string config_with(const std::string& more) {
    return "[store]\nroot = 'C:\\files'\n[admin]\nport = 8100\ntoken_file = 'token'\n"
           "[access]\nanonymous_read = true\n[[listener]]\nmodel = \"apc\"\nport = 8103\n" +
           more;
  }

  // Runs the command; the result of that check.
  Field examine(const std::string& id, std::vector<std::string> words = {"--quick"}) {
    words.insert(words.begin(), {"doctor", "--json"});
    ended = run(words);
    json = boost::json::parse(terminal.output);
    for (const Field check : Field(json)["checks"].items())
      if (check["id"].text() == id) return check;
    ADD_FAILURE() << "no result " << id << " in " << terminal.output << terminal.errors;
    return {};
  }
  void expect(const std::string& id, const std::string& state, const std::string& found,
              const std::string& mend = "") {
    const Field check = examine(id);
    EXPECT_EQ(check["state"].text(), state) << check["found"].text();
    EXPECT_THAT(check["found"].text(), testing::HasSubstr(found));
    std::string commands;
    for (const Field command : check["mend"].items()) commands += command.text() + "\n";
    if (mend.empty())
      EXPECT_EQ(commands, "") << id;
    else
      EXPECT_THAT(commands, testing::HasSubstr(mend)) << id;
  }

  FakeMachine patient;
  Exit ended = Exit::failed;
  boost::json::value json;
};

}  // namespace overlap::ctl::doctor
