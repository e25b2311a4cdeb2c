public import Casebook
internal import JSON
public import Vocabulary

/// Advice to mend something about a resource: a posture finding of a scanner or a cloud.
public struct Recommendation: Sendable, Hashable {
    public var id: String
    public var name: String
    public var severity: Severity
    /// Still to be done.
    public var isOpen: Bool
    /// The resource id, or a host's name.
    public var resource: String
    public var description: String
    public var link: String

    /// The thing to mend.
    public var entity: Entity {
        resource.hasPrefix("/") || resource.hasPrefix("arn:")
            ? Entity(kind: .azureResource, identifiers: ["ResourceId": resource])
            : Entity(kind: .host, identifiers: ["FullName": resource])
    }
}

/// A recommendation with what makes it urgent.
public struct RankedRecommendation: Sendable, Hashable {
    public var recommendation: Recommendation
    public var sensitivity: Sensitivity?
    /// Why the resource is as sensitive as it is.
    public var explanation: String
    /// Severity (1 to 4) times sensitivity (1 to 4, 1 while it is not known): 1 to 16.
    public var weight: Int
}

extension AssetInventory {
    /// Recommendations that are open, the weightiest first: severity times the sensitivity of the resource.
    public func ranked(_ recommendations: [Recommendation]) -> [RankedRecommendation] {
        recommendations.filter(\.isOpen).map { recommendation in
            let profile = profile(of: recommendation.entity)
            return RankedRecommendation(
                recommendation: recommendation, sensitivity: profile?.sensitivity,
                explanation: profile?.explanation ?? "",
                weight: (recommendation.severity.rank + 1) * ((profile?.sensitivity?.rank ?? 0) + 1))
        }.sorted { left, right in
            (-left.weight, left.recommendation.name, left.recommendation.id)
                < (-right.weight, right.recommendation.name, right.recommendation.id)
        }
    }
}

/// Reads recommendations: rows of `SecurityRecommendation` and resources `Microsoft.Security/assessments`.
public struct RecommendationReading: Sendable, Hashable {
    public var recommendations: [Recommendation] = []
    public var faults: [ContentFault] = []

    /// - Parameter text: JSON: an array, or an object with the array in `value`, `data` or `results`.
    public init(_ text: String, file: String) {
        do {
            let json = try JSON(parsing: text)
            let rows = json.arrayValue ?? ["value", "data", "results"].lazy.compactMap { json[$0]?.arrayValue }.first
            guard let rows else {
                faults.append(ContentFault(file: file, "no list of recommendations is in here"))
                return
            }
            for (number, row) in rows.enumerated() {
                if let recommendation = Recommendation(assessment: row) ?? Recommendation(row: row) {
                    recommendations.append(recommendation)
                } else {
                    faults.append(
                        ContentFault(
                            file: file,
                            "row \(number + 1) has neither the properties of an assessment nor the columns "
                                + "RecommendationName and AssessedResourceId"))
                }
            }
        } catch {
            faults.append(ContentFault(file: file, "this is \(error); export it anew"))
        }
    }
}

extension Recommendation {
    /// A resource `Microsoft.Security/assessments`.
    fileprivate init?(assessment row: JSON) {
        guard let id = row.text("id"), let properties = row["properties"] else { return nil }
        // …/providers/Microsoft.Security/assessments/NAME
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 4,
            parts.suffix(3).prefix(2).joined(separator: "/").lowercased()
                == "microsoft.security/assessments"
        else { return nil }
        let details = properties["resourceDetails"]
        let state = properties["status"]?.text("code") ?? ""
        self.init(
            id: id, name: properties.text("displayName") ?? row.text("name") ?? id,
            severity: (properties["metadata"]?.text("severity")).flatMap { Severity(lenient: $0) } ?? .medium,
            isOpen: state.lowercased() == "unhealthy",
            resource: details?.text("Id") ?? details?.text("id") ?? parts.dropLast(4).joined(separator: "/"),
            description: properties["status"]?.text("description") ?? "",
            link: properties["links"]?.text("azurePortal") ?? "")
    }

    /// A row of `SecurityRecommendation`.
    fileprivate init?(row: JSON) {
        guard let resource = row.text("AssessedResourceId") ?? row.text("ResourceId"),
            let name = row.text("RecommendationDisplayName") ?? row.text("RecommendationName")
        else { return nil }
        let state = row.text("RecommendationState") ?? row.text("State") ?? "Unhealthy"
        self.init(
            id: row.text("RecommendationId") ?? "\(resource)|\(name)", name: name,
            severity: (row.text("RecommendationSeverity") ?? row.text("Severity")).flatMap { Severity(lenient: $0) }
                ?? .medium,
            isOpen: ["unhealthy", "active"].contains(state.lowercased()), resource: resource,
            description: row.text("Description") ?? "", link: row.text("RecommendationLink") ?? "")
    }
}
