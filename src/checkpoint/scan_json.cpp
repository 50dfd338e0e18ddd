// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/scan.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

/// Clients take these words and no others.
std::string_view status_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::kSafe: return "safe";
        case Verdict::kSuspicious: return "suspicious";
        case Verdict::kDangerous: return "unsafe";
        case Verdict::kUnreadable: return "error";
    }
    return "";
}

}  // namespace

std::string security_status_json(const ScanReport& report) {
    format::JsonWriter json;
    json.object().field("status", status_of(report.verdict)).null("avScan");
    if (!report.has_pickles) return std::move(json.null("pickleImportScan")).take();
    json.object("pickleImportScan").field("status", status_of(report.verdict)).array("pickleImports");
    for (const ScannedImport& found : report.imports)
        json.object().field("module", found.module).field("name", found.name).field("safety", name_of(found.safety)).end();
    return std::move(json.end()).take();
}

}  // namespace mirfa::checkpoint
