#include <string>

#include "absl/strings/str_cat.h"
#include "tools/protoc-gen-charter-client/emit.h"
#include "tools/protoc-gen-charter-client/words.h"

namespace charter::generator {
namespace {

using google::protobuf::io::Printer;
using Kind = MethodModel::Kind;

void DeclareInConnection(const MethodModel& method, Printer& out) {
  const Words words = WordsOf(method);
  out.PrintRaw(method.comment);
  if (method.kind == Kind::kStream) {
    out.Print(words,
              "  virtual "
              "std::unique_ptr<::charter::client::ServerStream<%response%>> "
              "%name%(\n"
              "      const %request%& request,\n"
              "      const ::charter::client::Options& options) = 0;\n"
              "  virtual "
              "std::unique_ptr<::charter::client::AsyncServerStream<"
              "%response%>> Async%name%(\n"
              "      const %request%& request,\n"
              "      const ::charter::client::Options& options);\n");
    return;
  }
  out.Print(words,
            "  virtual absl::StatusOr<%response%> %name%(\n"
            "      const %request%& request,\n"
            "      const ::charter::client::Options& options) = 0;\n"
            "  virtual void Async%name%(\n"
            "      const %request%& request, const ::charter::client::Options& "
            "options,\n"
            "      ::charter::client::Callback<%response%> done);\n");
}

void DeclareInClient(const MethodModel& method, Printer& out) {
  Words words = WordsOf(method);
  words["returned"] = ReturnOf(method);
  out.PrintRaw(method.comment);
  out.Print(words,
            "  %returned% %name%(\n"
            "      %request% request,\n"
            "      const ::charter::client::Options& options = {}) const;\n");
  for (const std::vector<Parameter>& signature : method.signatures) {
    words["parameters"] = ParametersOf(signature);
    out.Print(words,
              "  %returned% %name%(\n"
              "      %parameters%const ::charter::client::Options& options = "
              "{}) const;\n");
  }
  if (method.has_filter && method.kind == Kind::kPaged) {
    out.Print(words,
              "  %returned% %name%(\n"
              "      const ::charter::client::Filter<%row%>& filter,\n"
              "      const ::charter::client::Options& options = {}) const;\n");
  }
  if (method.kind == Kind::kPaged) {
    out.Print(words,
              "  absl::StatusOr<%response%> %one%(\n"
              "      %request% request,\n"
              "      const ::charter::client::Options& options = {}) const;\n");
  }
  if (method.kind == Kind::kStream) {
    out.Print(words,
              "  void Async%name%(\n"
              "      %request% request,\n"
              "      std::function<void(%response%)> next,\n"
              "      std::function<void(absl::Status)> done,\n"
              "      const ::charter::client::Options& options = {}) const;\n"
              "  std::unique_ptr<::charter::client::AsyncServerStream<"
              "%response%>> Co%name%(\n"
              "      %request% request,\n"
              "      const ::charter::client::Options& options = {}) const;\n");
    return;
  }
  out.Print(words,
            "  void Async%one%(\n"
            "      %request% request,\n"
            "      ::charter::client::Callback<%response%> done,\n"
            "      const ::charter::client::Options& options = {}) const;\n"
            "  ::charter::client::Awaitable<%response%> Co%one%(\n"
            "      %request% request,\n"
            "      const ::charter::client::Options& options = {}) const;\n");
  if (method.kind == Kind::kPaged) return;
  for (const std::vector<Parameter>& signature : method.signatures) {
    words["parameters"] = ParametersOf(signature);
    out.Print(words,
              "  void Async%one%(\n"
              "      %parameters%::charter::client::Callback<%response%> "
              "done,\n"
              "      const ::charter::client::Options& options = {}) const;\n"
              "  ::charter::client::Awaitable<%response%> Co%one%(\n"
              "      %parameters%const ::charter::client::Options& options = "
              "{}) const;\n");
  }
}

void DefineInChannelConnection(const MethodModel& method, Printer& out) {
  Words words = WordsOf(method);
  words["method"] = method.has_request_id
                        ? absl::StrCat(
                              "::charter::client::internal::Unnamed(request, "
                              "options)\n            ? k",
                              method.name, "Once\n            : k", method.name)
                        : absl::StrCat("k", method.name);
  if (method.kind == Kind::kStream) {
    out.Print(words,
              "  std::unique_ptr<::charter::client::ServerStream<%response%>> "
              "%name%(\n"
              "      const %request%& request,\n"
              "      const ::charter::client::Options& options) override {\n"
              "    return ::charter::client::internal::Stream<%response%>(\n"
              "        *channel_, k%name%, request, options);\n"
              "  }\n"
              "  std::unique_ptr<::charter::client::AsyncServerStream<"
              "%response%>> Async%name%(\n"
              "      const %request%& request,\n"
              "      const ::charter::client::Options& options) override {\n"
              "    return ::charter::client::internal::StreamAsync<%response%>("
              "\n"
              "        *channel_, k%name%, request, options);\n"
              "  }\n");
    return;
  }
  out.Print(words,
            "  absl::StatusOr<%response%> %name%(\n"
            "      const %request%& request,\n"
            "      const ::charter::client::Options& options) override {\n"
            "    return ::charter::client::internal::Call<%response%>(\n"
            "        *channel_, %method%, request, options);\n"
            "  }\n"
            "  void Async%name%(\n"
            "      const %request%& request, const ::charter::client::Options& "
            "options,\n"
            "      ::charter::client::Callback<%response%> done) override {\n"
            "    ::charter::client::internal::CallAsync<%response%>(\n"
            "        *channel_, %method%, request, options, "
            "std::move(done));\n"
            "  }\n");
}

// Gives the request what options say of it.
void Complete(const MethodModel& method, Printer& out) {
  if (method.has_request_id || method.has_validate_only)
    out.Print(
        "  ::charter::client::internal::Complete(options, options_, "
        "&request);\n");
}

void DefineSignatures(const MethodModel& method, const Words& service,
                      Printer& out) {
  Words words = WordsOf(method);
  words.insert(service.begin(), service.end());
  words["returned"] = ReturnOf(method);
  for (const std::vector<Parameter>& signature : method.signatures) {
    words["parameters"] = ParametersOf(signature);
    const auto fill = [&] {
      out.Print(words, "  %request% request;\n");
      for (const Parameter& parameter : signature)
        out.Print("  %assign%\n", "assign", parameter.assign);
    };
    out.Print(
        words,
        "%returned% %client%::%name%(\n"
        "    %parameters%const ::charter::client::Options& options) const {\n");
    fill();
    out.Print(words,
              "  return %name%(std::move(request), options);\n"
              "}\n\n");
    if (method.kind != Kind::kUnary) continue;
    out.Print(words,
              "void %client%::Async%one%(\n"
              "    %parameters%::charter::client::Callback<%response%> done,\n"
              "    const ::charter::client::Options& options) const {\n");
    fill();
    out.Print(words,
              "  Async%one%(std::move(request), std::move(done), options);\n"
              "}\n\n"
              "::charter::client::Awaitable<%response%> %client%::Co%one%(\n"
              "    %parameters%const ::charter::client::Options& options) "
              "const {\n");
    fill();
    out.Print(words,
              "  return Co%one%(std::move(request), options);\n"
              "}\n\n");
  }
  if (method.has_filter && method.kind == Kind::kPaged) {
    out.Print(words,
              "%returned% %client%::%name%(\n"
              "    const ::charter::client::Filter<%row%>& filter,\n"
              "    const ::charter::client::Options& options) const {\n"
              "  %request% request;\n"
              "  request.set_filter(filter.text());\n"
              "  return %name%(std::move(request), options);\n"
              "}\n\n");
  }
}

void DefineAsyncStream(const MethodModel& method, const Words& words,
                       Printer& out) {
  out.Print(words,
            "void %client%::Async%name%(\n"
            "    %request% request, std::function<void(%response%)> next,\n"
            "    std::function<void(absl::Status)> done,\n"
            "    const ::charter::client::Options& options) const {\n");
  Complete(method, out);
  out.Print(words,
            "  ::charter::client::internal::ReadAll<%response%>(\n"
            "      connection_->Async%name%(request, options.Over(options_)),\n"
            "      std::move(next), std::move(done));\n"
            "}\n\n"
            "std::unique_ptr<::charter::client::AsyncServerStream<"
            "%response%>> %client%::Co%name%(\n"
            "    %request% request, const ::charter::client::Options& options) "
            "const {\n");
  Complete(method, out);
  out.Print(words,
            "  return connection_->Async%name%(request, "
            "options.Over(options_));\n"
            "}\n\n");
}

void DefineInClient(const MethodModel& method, const Words& service,
                    Printer& out) {
  Words words = WordsOf(method);
  words.insert(service.begin(), service.end());
  words["returned"] = ReturnOf(method);
  if (method.kind == Kind::kPaged) {
    out.Print(
        words,
        "%returned% %client%::%name%(\n"
        "    %request% request, const ::charter::client::Options& options) "
        "const {\n"
        "  return ::charter::client::internal::Pages<%row%>(\n"
        "      std::move(request),\n"
        "      [](%response%& page) { return page.mutable_%rows%(); },\n"
        "      [connection = connection_, all = options.Over(options_)](\n"
        "          const %request%& page) {\n"
        "        return connection->%name%(page, all);\n"
        "      });\n"
        "}\n\n");
  } else {
    out.Print(words,
              "%returned% %client%::%name%(\n"
              "    %request% request, const ::charter::client::Options& "
              "options) const {\n");
    Complete(method, out);
    out.Print(words,
              "  return connection_->%name%(request, "
              "options.Over(options_));\n"
              "}\n\n");
  }
  DefineSignatures(method, service, out);
  if (method.kind == Kind::kPaged) {
    out.Print(words,
              "absl::StatusOr<%response%> %client%::%one%(\n"
              "    %request% request, const ::charter::client::Options& "
              "options) const {\n"
              "  return connection_->%name%(request, "
              "options.Over(options_));\n"
              "}\n\n");
  }
  if (method.kind == Kind::kStream) {
    DefineAsyncStream(method, words, out);
    return;
  }
  out.Print(
      words,
      "void %client%::Async%one%(\n"
      "    %request% request, ::charter::client::Callback<%response%> done,\n"
      "    const ::charter::client::Options& options) const {\n");
  Complete(method, out);
  out.Print(words,
            "  connection_->Async%name%(request, options.Over(options_),\n"
            "                           std::move(done));\n"
            "}\n\n"
            "::charter::client::Awaitable<%response%> %client%::Co%one%(\n"
            "    %request% request, const ::charter::client::Options& options) "
            "const {\n");
  Complete(method, out);
  out.Print(words,
            "  return ::charter::client::Awaitable<%response%>(\n"
            "      [connection = connection_, request = std::move(request),\n"
            "       all = options.Over(options_)](\n"
            "          ::charter::client::Callback<%response%> done) {\n"
            "        connection->Async%name%(request, all, std::move(done));\n"
            "      });\n"
            "}\n\n");
}

}  // namespace

void EmitClientHeader(const ServiceModel& service, Printer& out) {
  const Words words = WordsOf(service);
  EmitHead(service.descriptor->file(), out);
  out.Print(
      words,
      "#ifndef %guard%\n"
      "#define %guard%\n\n"
      "#include <functional>\n"
      "#include <memory>\n"
      "#include <string>\n"
      "#include <vector>\n\n"
      "#include \"absl/status/statusor.h\"\n"
      "#include \"absl/strings/string_view.h\"\n"
      "#include \"absl/time/time.h\"\n"
      "#include \"%pb%\"\n"
      "#include \"charter/client/async_server_stream.h\"\n"
      "#include \"charter/client/awaitable.h\"\n"
      "#include \"charter/client/field.h\"\n"
      "#include \"charter/client/options.h\"\n"
      "#include \"charter/client/page_range.h\"\n"
      "#include \"charter/client/server_stream.h\"\n\n"
      "namespace %namespace% {\n\n"
      "// What %client% asks: a channel, or in tests a mock. Thread-safe. "
      "A function\n"
      "// gives one response; its Async form by default gives what that "
      "does, on the\n"
      "// caller's thread.\n"
      "class %connection% {\n"
      " public:\n"
      "  virtual ~%connection%() = default;\n\n");
  for (const MethodModel& method : service.methods)
    DeclareInConnection(method, out);
  out.Print(words,
            "};\n\n"
            "// One that asks the server behind the channel.\n"
            "std::shared_ptr<%connection%> Make%connection%(\n"
            "    std::shared_ptr<::charter::client::Channel> channel);\n\n");
  out.PrintRaw(service.comment);
  out.Print(
      words,
      "//\n"
      "// A value: cheap to copy, and thread-safe. Writes without a "
      "`request_id` get one,\n"
      "// so that they may be repeated.\n"
      "class %client% {\n"
      " public:\n"
      "  // `options`: of all its calls, below those of a call.\n"
      "  explicit %client%(std::shared_ptr<%connection%> connection,\n"
      "                    ::charter::client::Options options = {});\n"
      "  explicit %client%(std::shared_ptr<::charter::client::Channel> "
      "channel,\n"
      "                    ::charter::client::Options options = {});\n\n");
  for (const MethodModel& method : service.methods)
    DeclareInClient(method, out);
  out.Print(words,
            "\n private:\n"
            "  std::shared_ptr<%connection%> connection_;\n"
            "  ::charter::client::Options options_;\n"
            "};\n\n"
            "}  // namespace %namespace%\n\n"
            "#endif  // %guard%\n");
}

void EmitClientSource(const ServiceModel& service, Printer& out) {
  const Words words = WordsOf(service);
  EmitHead(service.descriptor->file(), out);
  out.Print(words,
            "#include \"%header%\"\n\n"
            "#include <utility>\n\n"
            "#include \"charter/client/generated.h\"\n"
            "#include \"charter/client/request.h\"\n\n"
            "namespace %namespace% {\n"
            "namespace {\n\n");
  for (const MethodModel& method : service.methods) {
    out.Print(WordsOf(method),
              "constexpr ::charter::client::Method k%name% = {\n"
              "    \"%path%\", %deadline%, %repeatable%, %always_writes%};\n");
    if (!method.has_request_id) continue;
    out.Print(WordsOf(method),
              "constexpr ::charter::client::Method k%name%Once = {\n"
              "    \"%path%\", %deadline%, false, %always_writes%};\n");
  }
  out.Print(words,
            "\nclass Channel%connection% final : public %connection% {\n"
            " public:\n"
            "  explicit Channel%connection%(\n"
            "      std::shared_ptr<::charter::client::Channel> channel)\n"
            "      : channel_(std::move(channel)) {}\n\n");
  for (const MethodModel& method : service.methods)
    DefineInChannelConnection(method, out);
  out.Print(words,
            "\n private:\n"
            "  const std::shared_ptr<::charter::client::Channel> channel_;\n"
            "};\n\n"
            "}  // namespace\n\n");
  for (const MethodModel& method : service.methods) {
    Words both = WordsOf(method);
    both.insert(words.begin(), words.end());
    if (method.kind == Kind::kStream) {
      out.Print(both,
                "std::unique_ptr<::charter::client::AsyncServerStream<"
                "%response%>> %connection%::Async%name%(\n"
                "    const %request%& request, const "
                "::charter::client::Options& options) {\n"
                "  return std::make_unique<\n"
                "      ::charter::client::internal::WaitingStream<%response%>>("
                "\n"
                "      %name%(request, options));\n"
                "}\n\n");
      continue;
    }
    out.Print(both,
              "void %connection%::Async%name%(\n"
              "    const %request%& request, const ::charter::client::Options& "
              "options,\n"
              "    ::charter::client::Callback<%response%> done) {\n"
              "  done(%name%(request, options));\n"
              "}\n\n");
  }
  out.Print(words,
            "std::shared_ptr<%connection%> Make%connection%(\n"
            "    std::shared_ptr<::charter::client::Channel> channel) {\n"
            "  return std::make_shared<Channel%connection%>("
            "std::move(channel));\n"
            "}\n\n"
            "%client%::%client%(\n"
            "    std::shared_ptr<%connection%> connection, "
            "::charter::client::Options "
            "options)\n"
            "    : connection_(std::move(connection)),\n"
            "      options_(std::move(options)) {}\n\n"
            "%client%::%client%(\n"
            "    std::shared_ptr<::charter::client::Channel> channel, "
            "::charter::client::Options "
            "options)\n"
            "    : %client%(Make%connection%(std::move(channel)),\n"
            "               std::move(options)) {}\n\n");
  for (const MethodModel& method : service.methods)
    DefineInClient(method, words, out);
  out.Print(words, "}  // namespace %namespace%\n");
}

}  // namespace charter::generator
