public import Vocabulary

/// What is known about an entity, and why.
public struct AssetProfile: Sendable, Hashable {
    public let name: String
    public let kind: EntityKind
    public let sensitivity: Sensitivity?
    public let tags: [String]
    public let owner: String
    /// Why it is as sensitive as it is: "critical: tag env=prod on resource group rg-payroll, by rule production; …".
    public let explanation: String
    /// What its name says by a naming convention.
    public let parts: NameParts?
}

/// What an asset, or whoever holds it, can get at.
public struct AssetReach: Sendable, Hashable {
    /// How many other assets.
    public var count: Int
    /// The most sensitive of them, at most three, the most sensitive first.
    public var foremost: [Reached]
    /// The search was ended at its bound: it is at least `count`.
    public var isCut: Bool

    public struct Reached: Sendable, Hashable {
        public let name: String
        public let sensitivity: Sensitivity?
    }

    public static let none = AssetReach(count: 0, foremost: [], isCut: false)
}
