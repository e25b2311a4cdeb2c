public import Casebook
public import Chronology
public import Vocabulary

/// A finding that may be a part of an attack: an alert of any product, or an anomaly.
public struct FusionSignal: Sendable, Hashable {
    public enum Origin: Sendable, Hashable {
        case alert(AlertID)
        /// A row of the table `Anomalies`.
        case anomaly(id: String)
    }

    /// A thing that the finding names, under one of its keys.
    public struct Subject: Sendable, Hashable {
        /// In normal form, as the casebook compares entities.
        public var key: String
        public var name: String
        public var kind: EntityKind
        /// The key alone says which entity it is.
        public var isStrong: Bool

        public init(key: String, name: String, kind: EntityKind, isStrong: Bool) {
            self.key = key
            self.name = name
            self.kind = kind
            self.isStrong = isStrong
        }
    }

    public var origin: Origin
    /// What made it: findings of one rule are no independent evidence.
    public var rule: String
    public var title: String
    public var product: String
    public var severity: Severity
    public var tactics: [Tactic]
    public var techniques: [String]
    public var subjects: [Subject]
    public var start: Instant
    public var end: Instant

    public init(
        origin: Origin, rule: String, title: String, product: String, severity: Severity, tactics: [Tactic],
        techniques: [String] = [], subjects: [Subject], start: Instant, end: Instant
    ) {
        self.origin = origin
        self.rule = rule
        self.title = title
        self.product = product
        self.severity = severity
        self.tactics = tactics
        self.techniques = techniques
        self.subjects = subjects
        self.start = start
        self.end = end
    }

    /// Tells the signal from all others.
    public var id: String {
        switch origin {
        case .alert(let id): "alert:" + id.rawValue
        case .anomaly(let id): "anomaly:" + id
        }
    }

    public var alertID: AlertID? { if case .alert(let id) = origin { id } else { nil } }

    /// The kinds of entity that can carry an attack from one finding to the next.
    static let tyingKinds: Set<EntityKind> = [
        .account, .host, .ip, .url, .dns, .fileHash, .mailbox, .azureResource, .cloudApplication, .malware, .process,
        .file, .ioTDevice, .securityGroup,
    ]

    /// The subjects of entities: each under all its keys.
    public static func subjects(of entities: [Entity]) -> [Subject] {
        var subjects: [Subject] = []
        for entity in entities where tyingKinds.contains(entity.kind) {
            let keys = entity.keys
            for key in keys.strong {
                subjects.append(Subject(key: key, name: entity.friendlyName, kind: entity.kind, isStrong: true))
            }
            // A file's or a process's bare name is on every machine.
            guard entity.kind != .file, entity.kind != .process else { continue }
            for key in keys.weak {
                subjects.append(Subject(key: key, name: entity.friendlyName, kind: entity.kind, isStrong: false))
            }
        }
        return subjects
    }

    /// An alert as a signal; nil for Fusion's own.
    public init?(_ alert: Alert) {
        let content = alert.content
        guard content.productName != FusedAttack.product else { return nil }
        self.init(
            origin: .alert(alert.id),
            rule: content.ruleID.isEmpty ? content.productName + "/" + content.displayName : content.ruleID,
            title: content.displayName, product: content.productName, severity: content.severity,
            tactics: content.tactics, techniques: content.techniques,
            subjects: FusionSignal.subjects(of: content.entities), start: content.startTime, end: content.endTime)
    }
}

/// The four parts of an attack in their usual order; tactics within a part come in any order.
public enum AttackPhase: Int, Sendable, Hashable, CaseIterable, Comparable {
    case entry, foothold, spread, objective

    public init(_ tactic: Tactic) {
        self =
            switch tactic {
            case .reconnaissance, .resourceDevelopment, .preAttack, .initialAccess: .entry
            case .execution, .persistence, .privilegeEscalation, .defenseEvasion: .foothold
            case .credentialAccess, .discovery, .lateralMovement: .spread
            case .collection, .commandAndControl, .exfiltration, .impact, .impairProcessControl,
                .inhibitResponseFunction:
                .objective
            }
    }

    public static func < (left: AttackPhase, right: AttackPhase) -> Bool { left.rawValue < right.rawValue }
}
