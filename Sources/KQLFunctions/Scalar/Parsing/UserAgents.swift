import Foundation
import JSON
import KQLValues

/// `parse_user_agent`.
let userAgentFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_user_agent", family: .parsing,
        summary: "The browser, operating system and device that a user agent names.",
        signatures: [
            .takes(.string("userAgent"), .string("lookFor"), returns: .dynamic),
            .takes(.string("userAgent"), .dynamic("lookFor", .optional), returns: .dynamic),
        ],
        evaluate: each { (text: String, wanted: JSON?) -> JSON? in
            let names = (wanted.map { $0.arrayValue ?? [$0] } ?? ["browser", "os", "device"]).map {
                $0.kqlText.lowercased()
            }
            var bag = JSONObject()
            if names.contains("browser") { bag["Browser"] = browser(of: text) }
            if names.contains("os") { bag["OperatingSystem"] = operatingSystem(of: text) }
            if names.contains("device") { bag["Device"] = device(of: text) }
            return .object(bag)
        })
}

private func first(_ patterns: [AgentPattern], in text: String) -> (family: String, version: [String]) {
    for pattern in patterns {
        if let match = pattern.match(in: text) { return match }
    }
    return ("Other", ["", "", "", ""])
}

private func browser(of text: String) -> JSON {
    let (family, version) = first(AgentPattern.browsers, in: text)
    return [
        "Family": .string(family), "MajorVersion": .string(version[0]), "MinorVersion": .string(version[1]),
        "Patch": .string(version[2]),
    ]
}

private func operatingSystem(of text: String) -> JSON {
    let (family, version) = first(AgentPattern.systems, in: text)
    return [
        "Family": .string(family), "MajorVersion": .string(version[0]), "MinorVersion": .string(version[1]),
        "Patch": .string(version[2]), "PatchMinor": .string(version[3]),
    ]
}

private func device(of text: String) -> JSON {
    for name in ["iPhone", "iPad", "iPod"] where text.contains(name) {
        return ["Family": .string(name), "Brand": "Apple", "Model": .string(name)]
    }
    for (brand, pattern) in AgentPattern.devices {
        guard let (family, groups) = pattern.match(in: text) else { continue }
        if brand == "Spider" { return ["Family": "Spider", "Brand": "Spider", "Model": "Desktop"] }
        let model = groups[0].trimmingCharacters(in: .whitespaces)
        // A family goes without the variant after a hyphen, as in Nokia N81-3.
        let short = brand == "Nokia" ? String(model.prefix { $0 != "-" }) : model
        return [
            "Family": .string(family.isEmpty ? short : "\(family) \(short)"), "Brand": .string(brand),
            "Model": .string(model),
        ]
    }
    if text.contains("Macintosh") { return ["Family": "Mac", "Brand": "Apple", "Model": "Mac"] }
    return ["Family": "Other", "Brand": "", "Model": ""]
}
