// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/scan.h"

#include <algorithm>
#include <functional>

#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

void write_findings(format::JsonWriter& json, const std::vector<ScanFinding>& findings) {
    std::vector<const ScanFinding*> told;
    for (const ScanFinding& finding : findings) told.push_back(&finding);
    std::ranges::stable_sort(told, std::ranges::greater(), &ScanFinding::safety);
    told.resize(std::min(told.size(), kToldFindings));
    json.array("findings");
    for (const ScanFinding* finding : told) {
        json.object().field("level", name_of(finding->safety)).field("text", finding->text);
        if (!finding->member.empty()) json.field("member", finding->member);
        if (!finding->kind.empty()) json.field("kind", finding->kind);
        if (!finding->name.empty()) json.field("name", finding->name);
        if (!finding->file.empty()) json.field("file", finding->file);
        json.end();
    }
    json.end();
}

}  // namespace

std::string_view security_status(Verdict verdict) {
    switch (verdict) {
        case Verdict::kSafe: return "safe";
        case Verdict::kCaution: return "caution";
        case Verdict::kSuspicious: return "suspicious";
        case Verdict::kDangerous: return "unsafe";
        case Verdict::kUnreadable: return "error";
    }
    return "";
}

std::string security_status_json(const ScanReport& report) {
    format::JsonWriter json;
    json.object().field("status", security_status(report.verdict)).null("avScan");
    if (report.has_pickles) {
        json.object("pickleImportScan").field("status", security_status(report.verdict)).array("pickleImports");
        for (const ScannedImport& found : report.imports)
            json.object().field("module", found.module).field("name", found.name).field("safety", name_of(found.safety)).end();
        json.end().end();
    } else {
        json.null("pickleImportScan");
    }
    if (!report.findings.empty()) write_findings(json, report.findings);
    json.end();
    return std::move(json).take();
}

}  // namespace mirfa::checkpoint
