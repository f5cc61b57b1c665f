// Files: read, write, and send_file.
#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

constexpr std::uint64_t above_4_gib = (1ull << 32) + 4097;

template <class M>
class Files : public Conformance<M> {
 protected:
  using Base = Conformance<M>;
  // Sends by as many send_file operations as it takes, until `count` bytes of the file have gone or
  // nothing more comes; returns how many bytes have left, the head included.
  std::size_t send_file_all(typename Base::Pair& pair, std::span<const std::byte> head,
                            typename Base::File& from, std::uint64_t offset, std::uint64_t count,
                            typename Base::Flow& flow) {
    std::size_t sent = 0;
    typename Base::Operation op;
    while (sent < head.size() + count) {
      op.forget();
      const std::size_t of_head = std::min(sent, head.size());
      const std::uint64_t of_file = sent - of_head;
      this->model->send_file(op, pair.stream, head.subspan(of_head), from, offset + of_file,
                             count - of_file);
      EXPECT_TRUE(this->drive([&] { return op.done(); }, [&] { this->pump(*pair.peer, flow); }));
      EXPECT_NE(op.outcome.result, Result::cancelled);
      EXPECT_NE(op.outcome.result, Result::timeout);
      if (op.outcome.bytes == 0) break;
      EXPECT_EQ(op.outcome.result, Result::ok) << op.outcome.native;
      sent += op.outcome.bytes;
    }
    return sent;
  }
};
TYPED_TEST_SUITE(Files, Models, ModelNames);

TYPED_TEST(Files, what_was_written_is_read_back) {
  auto file = this->file({});
  const auto content = pattern(1'000'000);
  this->write_all(file, 0, content);
  EXPECT_TRUE(this->read_all(file, 0, content.size()) == content);
  EXPECT_EQ(this->read_all(file, 12'345, 100), pattern(100, 12'345));
}

TYPED_TEST(Files, writing_in_the_middle_changes_nothing_else) {
  auto file = this->file(pattern(1000));
  const std::vector<std::byte> zeros(10);
  this->write_all(file, 500, zeros);
  EXPECT_EQ(this->read_all(file, 0, 500), pattern(500));
  EXPECT_EQ(this->read_all(file, 500, 10), zeros);
  EXPECT_EQ(this->read_all(file, 510, 1000), pattern(490, 510));
}

TYPED_TEST(Files, a_read_that_reaches_the_end_is_short) {
  auto file = this->file(pattern(100));
  EXPECT_EQ(this->read_all(file, 90, 64), pattern(10, 90));
}

TYPED_TEST(Files, a_read_at_or_past_the_end_is_eof) {
  auto file = this->file(pattern(100));
  auto empty = this->file({});
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation op;
  for (const std::uint64_t offset : {100ull, 101ull, 1'000'000ull, 1ull << 40}) {
    op.forget();
    this->model->read(op, file, offset, buffer);
    EXPECT_EQ(op.completions, 0);
    EXPECT_EQ(this->finish(op).result, Result::eof) << "at " << offset;
    EXPECT_EQ(op.outcome.bytes, 0u);
    EXPECT_EQ(op.outcome.native, 0u);
  }
  op.forget();
  this->model->read(op, empty, 0, buffer);
  EXPECT_EQ(this->finish(op).result, Result::eof);
}

TYPED_TEST(Files, two_files_are_worked_on_at_once) {
  auto a = this->file(pattern(5000)), b = this->file(pattern(5000, 77));
  std::vector<std::byte> from_a(1), from_b(1);
  typename TestFixture::Operation reading_a, reading_b;
  this->model->read(reading_a, a, 4000, from_a);
  this->model->read(reading_b, b, 4000, from_b);
  ASSERT_EQ(this->finish(reading_a).bytes, 1u);
  ASSERT_EQ(this->finish(reading_b).bytes, 1u);
  EXPECT_EQ(from_a[0], byte_at(4000));
  EXPECT_EQ(from_b[0], byte_at(4077));
}

TYPED_TEST(Files, a_file_above_4_gib_is_read_written_and_sent_at_its_far_end) {
  const auto low = pattern(4096, 1), high = pattern(200'000, 99);
  const std::array<Mark, 2> marks{Mark{4097, low}, Mark{above_4_gib, high}};
  auto file = this->model->open(this->world.big_file(above_4_gib + high.size(), marks));
  EXPECT_TRUE(this->read_all(file, above_4_gib, high.size()) == high);
  EXPECT_TRUE(this->read_all(file, 4097, low.size()) == low) << "the offset lost its high half";

  const auto written = pattern(5000, 12345);
  this->write_all(file, above_4_gib + 7, written);
  EXPECT_TRUE(this->read_all(file, above_4_gib + 7, written.size()) == written);
  EXPECT_TRUE(this->read_all(file, 4097, low.size()) == low);

  auto pair = this->connected();
  typename TestFixture::Flow flow;
  const std::size_t sent =
      this->send_file_all(pair, {}, file, above_4_gib + 7, written.size(), flow);
  EXPECT_EQ(sent, written.size());
  this->await_bytes(*pair.peer, flow, sent);
  EXPECT_TRUE(flow.received == written);
}

// ---- send_file -----------------------------------------------------------------------------

TYPED_TEST(Files, send_file_sends_head_and_file) {
  auto pair = this->connected();
  auto file = this->file(pattern(10'000));
  const auto head = pattern(200, 1 << 20);
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, head, file, 0, 10'000, flow), 10'200u);
  this->await_bytes(*pair.peer, flow, 10'200);
  EXPECT_TRUE(flow.received == joined(head, pattern(10'000)));
}

TYPED_TEST(Files, send_file_with_an_empty_head_sends_the_file_alone) {
  auto pair = this->connected();
  auto file = this->file(pattern(3000));
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, {}, file, 0, 3000, flow), 3000u);
  this->await_bytes(*pair.peer, flow, 3000);
  EXPECT_TRUE(flow.received == pattern(3000));
}

TYPED_TEST(Files, send_file_honours_offset_and_count) {
  auto pair = this->connected();
  auto file = this->file(pattern(10'000));
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, as_bytes("ab"), file, 4321, 1, flow), 3u);
  EXPECT_EQ(this->send_file_all(pair, as_bytes("cd"), file, 9000, 1000, flow), 1002u);
  this->await_bytes(*pair.peer, flow, 1005);
  EXPECT_TRUE(flow.received == joined(joined(as_bytes("ab"), pattern(1, 4321)),
                                      joined(as_bytes("cd"), pattern(1000, 9000))));
}

TYPED_TEST(Files, send_file_goes_on_over_many_pieces_and_a_slow_reader) {
  auto pair = this->connected();
  const std::size_t size = (5 << 20) + 17;
  auto file = this->file(pattern(size));
  const auto head = pattern(333, 5);
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, head, file, 0, size, flow), size + head.size());
  this->await_bytes(*pair.peer, flow, size + head.size());
  EXPECT_TRUE(flow.received == joined(head, pattern(size)));
}

TYPED_TEST(Files, send_file_of_a_file_that_is_shorter_ends_with_a_short_count) {
  auto pair = this->connected();
  auto file = this->file(pattern(1000));
  const auto head = pattern(50, 7);
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, head, file, 400, 100'000, flow), 650u);
  this->await_bytes(*pair.peer, flow, 650);
  EXPECT_TRUE(flow.received == joined(head, pattern(600, 400)));
  // Nothing more follows later.
  this->idle_for_a_while();
  this->pump(*pair.peer, flow);
  EXPECT_EQ(flow.received.size(), 650u);
}

TYPED_TEST(Files, send_file_past_the_end_ends_and_sends_no_file_byte) {
  auto pair = this->connected();
  auto file = this->file(pattern(1000));
  typename TestFixture::Flow flow;
  EXPECT_EQ(this->send_file_all(pair, {}, file, 1000, 10, flow), 0u);
  EXPECT_EQ(this->send_file_all(pair, {}, file, 1ull << 40, 10, flow), 0u);
  this->idle_for_a_while();
  this->pump(*pair.peer, flow);
  EXPECT_TRUE(flow.received.empty());
}

TYPED_TEST(Files, several_responses_follow_each_other_on_one_connection) {
  auto pair = this->connected();
  typename TestFixture::Flow flow;
  std::vector<std::byte> expected;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto content = pattern(i * 500 + 1, i);
    auto file = this->file(content);
    const auto head = pattern(i + 1, 1000 * i);
    this->send_file_all(pair, head, file, 0, content.size(), flow);
    expected = joined(expected, joined(head, content));
  }
  this->await_bytes(*pair.peer, flow, expected.size());
  EXPECT_TRUE(flow.received == expected);
}

}  // namespace
}  // namespace overlap::conformance
