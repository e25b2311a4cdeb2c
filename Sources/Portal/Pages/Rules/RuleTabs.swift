/// The pages about rules as a whole, as links above each of them.
struct RuleTab: Sendable {
    let name: String
    let path: String
    let isCurrent: Bool

    enum Place: CaseIterable {
        case list, quality, coverage

        var name: String {
            switch self {
            case .list: "Rules"
            case .quality: "Quality"
            case .coverage: "Coverage"
            }
        }

        var url: PortalURL {
            switch self {
            case .list: .rules
            case .quality: .ruleQualities
            case .coverage: .ruleCoverage
            }
        }
    }

    static func all(at place: Place) -> [RuleTab] {
        Place.allCases.map { RuleTab(name: $0.name, path: $0.url.path, isCurrent: $0 == place) }
    }
}

/// A share with its credible interval, drawn on a line from 0 to 1 that is 100 wide.
struct ShareBar: Sendable {
    let text: String
    let title: String
    let isMeasured: Bool
    let lower: Int
    let width: Int
    let mean: Int
}
