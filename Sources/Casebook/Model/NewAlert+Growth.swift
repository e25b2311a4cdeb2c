internal import JSON

extension NewAlert {
    /// This alert with what a later finding of the same alert adds: entities, details, evidence and a longer time.
    ///
    /// Severity, texts and the rest stay, since people and rules have seen them.
    public func grown(by other: NewAlert) -> NewAlert {
        var grown = self
        grown.startTime = min(startTime, other.startTime)
        grown.endTime = max(endTime, other.endTime)
        grown.entities = NewAlert.union(entities, other.entities, most: CasebookLimits.entitiesPerAlert)
        grown.evidence = NewAlert.union(
            evidence, other.evidence, most: CasebookLimits.evidenceRowsPerAlert, by: \.description)
        for (key, values) in other.customDetails {
            grown.customDetails[key] = NewAlert.union(
                customDetails[key] ?? [], values, most: CasebookLimits.valuesPerDetail)
        }
        for (key, text) in other.extendedProperties where grown.extendedProperties[key] == nil {
            grown.extendedProperties[key] = text
        }
        let count = "Search Query Results Overall Count"
        let counts = [extendedProperties[count], other.extendedProperties[count]].compactMap { $0.flatMap { Int($0) } }
        if let most = counts.max() { grown.extendedProperties[count] = String(max(most, grown.evidence.count)) }
        return grown
    }

    /// This alert as its detector sees it later: with the other's description, confidence, evidence and properties.
    ///
    /// Severity, name and tactics stay, since people and rules have seen them; entities and time only grow.
    func restated(by other: NewAlert) -> NewAlert {
        var restated = grown(by: other)
        restated.description = other.description
        restated.confidence = other.confidence
        restated.evidence = Array(other.evidence.prefix(CasebookLimits.evidenceRowsPerAlert))
        restated.extendedProperties.merge(other.extendedProperties) { $1 }
        return restated
    }

    private static func union<Element: Hashable>(_ first: [Element], _ second: [Element], most: Int) -> [Element] {
        union(first, second, most: most, by: \.self)
    }

    private static func union<Element, Key: Hashable>(
        _ first: [Element], _ second: [Element], most: Int, by key: (Element) -> Key
    ) -> [Element] {
        guard first.count < most else { return first }
        var seen = Set(first.map(key))
        var all = first
        for element in second where all.count < most && seen.insert(key(element)).inserted { all.append(element) }
        return all
    }
}
