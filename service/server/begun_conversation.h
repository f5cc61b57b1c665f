// A conversation together with what it refers to.
#pragma once

#include <memory>

#include "common/transfer/conversation.h"

namespace overlap::server {

struct BegunConversation {
  std::shared_ptr<const void> terms;  // outlives the conversation; may be null
  std::unique_ptr<Conversation> conversation;
};

}  // namespace overlap::server
