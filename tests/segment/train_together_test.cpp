// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "discs.h"
#include "temporary_folder.h"

extern char** environ;

namespace sonotwin::segment {
namespace {
using namespace test_discs;
using testing::HasSubstr;

int freePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

class TrainTogether : public testing::Test {
 protected:
  void SetUp() override { writeDataset(folder_ / "discs.st", discs()); }

  /// Starts one of two processes; its words go to `name`.txt.
  pid_t start(int rank, const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> words = {SONOTWIN_TRAIN_PROGRAM,
                                      "train",
                                      "--dataset",
                                      (folder_ / "discs.st").string(),
                                      "--out",
                                      (folder_ / name).string(),
                                      "--preset",
                                      "quick",
                                      "--device",
                                      "cpu",
                                      "--threads",
                                      "1",
                                      "--rank",
                                      std::to_string(rank),
                                      "--ranks",
                                      "2",
                                      "--meet",
                                      "127.0.0.1:" + std::to_string(port_)};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string output = (folder_ / (name + ".txt")).string();
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t child = -1;
    EXPECT_EQ(posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
  }

  static int codeOf(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string words(const std::string& name) { return readTextFile(folder_ / (name + ".txt")); }

  test::TemporaryFolder folder_;
  int port_ = freePort();
};

// Each process checks after every epoch that its weights are the other's.
TEST_F(TrainTogether, TwoProcessesTrainOneNetwork) {
  const pid_t other = start(1, "other", {"--epochs", "8"});
  const pid_t leader = start(0, "model", {"--epochs", "8"});
  EXPECT_EQ(codeOf(leader), 0) << words("model");
  EXPECT_EQ(codeOf(other), 0) << words("other");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other")) << "only rank 0 writes";
  const Model model = Model::load(folder_ / "model", "cpu");
  const Evaluation held_out = evaluate(model, discs(), Split::kTest, {});
  EXPECT_GT(held_out.summary.at(0).dice.mean, 0.9);
  EXPECT_THAT(model.cardJson(), HasSubstr("2 processes"));
  // The halves of the validation split together give what one process finds in all of it.
  const auto card = nlohmann::json::parse(model.cardJson());
  std::istringstream lines(readTextFile(folder_ / "model/training.jsonl"));
  std::string line;
  double best = 0.0;
  while (std::getline(lines, line)) best = std::max(best, parseEpoch(line, "line").best_dice);
  EXPECT_NEAR(card["inference"]["validation"]["dice"].get<double>(), best, 1e-9);
}

TEST_F(TrainTogether, GoesOnTogetherFromTheLeadersCheckpoint) {
  const pid_t lost = start(1, "other", {"--epochs", "500"});
  const pid_t killed = start(0, "model", {"--epochs", "500"});
  while (!std::filesystem::exists(folder_ / "model/checkpoint.safetensors")) usleep(20'000);
  kill(killed, SIGKILL);
  EXPECT_EQ(codeOf(killed), -SIGKILL);
  EXPECT_EQ(codeOf(lost), 1);
  EXPECT_THAT(words("other"), HasSubstr("lost each other"));
  port_ = freePort();
  const std::vector<std::string> on = {"--epochs", "500", "--max-minutes", "0.03", "--resume"};
  const pid_t other = start(1, "other", on);
  const pid_t leader = start(0, "model", on);
  EXPECT_EQ(codeOf(leader), 0) << words("model");
  EXPECT_EQ(codeOf(other), 0) << words("other");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "model/card.json"));
}

TEST_F(TrainTogether, RefusesAPlaceThatDoesNotExist) {
  const pid_t child = start(2, "other", {"--epochs", "1"});
  EXPECT_EQ(codeOf(child), 3);
  EXPECT_THAT(words("other"), HasSubstr("no process 2"));
}

}  // namespace
}  // namespace sonotwin::segment
