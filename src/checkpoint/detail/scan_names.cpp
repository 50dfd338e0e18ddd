// SPDX-License-Identifier: Apache-2.0
// Which imports run what their file wants, and which are known to be harmless: those that Mirfa's own reader takes.
#include <algorithm>

#include "base/ascii.h"
#include "checkpoint/detail/pickle_globals.h"
#include "checkpoint/scan.h"

namespace mirfa::checkpoint {
namespace {

struct Row {
    std::string_view module;
    std::string_view names;  ///< separated by spaces; `*` for the module and all modules below it
};
constexpr Row kDangerous[] = {
    // The language itself.
    {"builtins", "eval exec compile getattr setattr delattr vars globals locals __import__ apply open input breakpoint"},
    {"__builtin__",
     "eval exec execfile compile getattr setattr delattr vars globals locals __import__ apply open input file reload"},
    {"types", "CodeType FunctionType"},
    {"functools", "partial"},
    {"operator", "attrgetter itemgetter methodcaller"},
    {"_operator", "attrgetter itemgetter methodcaller"},
    {"code", "InteractiveInterpreter.runcode InteractiveInterpreter InteractiveConsole interact"},
    {"pkgutil", "resolve_name"},
    {"importlib", "*"},
    {"imp", "*"},
    {"marshal", "*"},
    {"codeop", "*"},
    {"pickle", "*"},
    {"_pickle", "*"},
    {"cPickle", "*"},
    {"dill", "*"},
    {"cloudpickle.cloudpickle", "_builtin_type _function_setstate _make_cell _make_empty_cell _make_function subimport"},
    // The system.
    {"os", "*"},
    {"posix", "*"},
    {"nt", "*"},
    {"sys", "*"},
    {"subprocess", "*"},
    {"shutil", "*"},
    {"pty", "*"},
    {"runpy", "*"},
    {"commands", "*"},
    {"popen2", "*"},
    {"multiprocessing", "*"},
    {"threading", "*"},
    {"signal", "*"},
    {"tempfile", "*"},
    {"ctypes", "*"},
    {"_ctypes", "*"},
    {"distutils.file_util", "*"},
    {"_osx_support", "*"},
    {"_aix_support", "*"},
    {"_pyrepl", "*"},
    {"uuid", "*"},
    {"webbrowser", "*"},
    {"io", "FileIO open open_code"},
    {"_io", "FileIO open open_code"},
    {"logging", "FileHandler"},
    {"logging.config", "*"},
    // The network.
    {"socket", "*"},
    {"_socket", "*"},
    {"ssl", "*"},
    {"asyncio", "*"},
    {"aiohttp", "*"},
    {"httplib", "*"},
    {"http.client", "*"},
    {"requests", "*"},
    {"urllib", "*"},
    {"urllib2", "*"},
    {"ftplib", "*"},
    {"smtplib", "*"},
    {"telnetlib", "*"},
    {"imaplib", "IMAP4_stream"},
    // Debuggers, packagers, tests.
    {"bdb", "*"},
    {"pdb", "*"},
    {"cProfile", "*"},
    {"profile", "*"},
    {"timeit", "*"},
    {"trace", "Trace.run Trace.runctx Trace"},
    {"doctest", "debug_script"},
    {"pydoc", "*"},
    {"test", "*"},
    {"pip", "*"},
    {"venv", "*"},
    {"ensurepip", "*"},
    {"idlelib", "*"},
    {"lib2to3.pgen2.grammar", "Grammar.loads"},
    {"lib2to3.pgen2.pgen", "ParserGenerator.make_label"},
    // Numeric libraries.
    {"numpy.f2py", "*"},
    {"numpy.testing._private.utils", "*"},
    {"numpy", "load loads"},
    {"joblib", "load"},
    {"torch", "load"},
    {"torch.hub", "*"},
    {"torch.serialization", "load"},
    {"torch._dynamo.guards", "GuardBuilder.get"},
    {"torch._inductor.codecache", "compile_file"},
    {"torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression"},
    {"torch.jit.unsupported_tensor_ops", "execWrapper"},
    {"torch.utils._config_module", "ConfigModule.load_config"},
    {"torch.utils.bottleneck.__main__", "run_cprofile run_autograd_prof"},
    {"torch.utils.collect_env", "run"},
    {"torch.utils.data.datapipes.utils.decoder", "basichandlers"},
};

bool is_dangerous(std::string_view module, std::string_view name) {
    for (const Row& row : kDangerous) {
        if (row.names == "*") {
            if (module == row.module || (module.starts_with(row.module) && module[row.module.size()] == '.')) return true;
            continue;
        }
        if (row.module != module) continue;
        const auto names = split(row.names, ' ');
        if (std::ranges::find(names, name) != names.end()) return true;
    }
    return false;
}

/// `os` of `torch` + `os.system`: attributes lead from any module to those that it imported. Names that lead to the inside of
/// objects (`__globals__`) are as good.
bool leads_to_danger(std::string_view name) {
    if (name.find("__") != std::string_view::npos) return true;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
        const std::size_t begin = name.rfind('.', dot - 1);
        const std::string_view inner = name.substr(begin == std::string_view::npos ? 0 : begin + 1);
        const std::size_t end = inner.find('.');
        if (is_dangerous(inner.substr(0, end), inner.substr(end + 1))) return true;
    }
    return false;
}

}  // namespace

Safety classify_import(std::string_view module, std::string_view name) {
    if (is_dangerous(module, name) || leads_to_danger(name)) return Safety::kDangerous;
    if (find_global(module, name)) return Safety::kInnocuous;
    return Safety::kSuspicious;
}

std::string_view name_of(Safety safety) {
    switch (safety) {
        case Safety::kInnocuous: return "innocuous";
        case Safety::kCaution: return "caution";
        case Safety::kSuspicious: return "suspicious";
        case Safety::kDangerous: return "dangerous";
    }
    return "";
}

}  // namespace mirfa::checkpoint
