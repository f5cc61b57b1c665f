// The world of the simulated models: restless (short, late and immediate completions), but nothing
// fails by itself.
#pragma once

#include <cstdlib>

#include "tests/conformance/world.h"
#include "tests/support/sim_model.h"

namespace overlap::conformance {

template <class M>
requires std::derived_from<M, sim::SimModel>
class World<M> {
 public:
  static constexpr bool threads = false;  // simulated connections belong to one thread

  std::unique_ptr<M> make_model() {
    sim::Settings settings;
    settings.seed = seed_++;
    settings.faults = sim::Faults::restless();
    return std::make_unique<M>(settings);
  }
  sim::Listener listen(M& model) { return model.open(sim::Listener{port_}); }
  std::unique_ptr<test::Peer> connect() { return port_->connect(); }
  std::string address_of(test::Peer& peer) { return static_cast<sim::Peer&>(peer).name(); }

  sim::NativeFile file(std::span<const std::byte> content, FileAccess access) {
    auto file = std::make_shared<sim::FileContent>();
    file->write(0, content);
    return {std::move(file), access != FileAccess::write_only, access != FileAccess::read_only};
  }
  sim::NativeFile big_file(std::uint64_t size, std::span<const Mark> marks) {
    auto file = std::make_shared<sim::FileContent>();
    file->resize(size);
    for (const Mark& mark : marks) file->write(mark.offset, mark.bytes);
    return {std::move(file)};
  }

 private:
  static std::uint64_t first_seed() {
    const char* given = std::getenv("OVERLAP_SEED");
    return given ? std::strtoull(given, nullptr, 10) : 1;
  }
  std::uint64_t seed_ = first_seed();
  std::shared_ptr<sim::Port> port_ = std::make_shared<sim::Port>();
};

}  // namespace overlap::conformance
