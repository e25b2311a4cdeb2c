public import JSON

/// A kind of incident, with what an incident of this kind is given: fields of its own, tasks, labels.
public struct IncidentType: Sendable, Hashable {
    /// A task to be done in every incident of the type.
    public struct Task: Sendable, Hashable, Codable {
        public var title: String
        public var description: String

        public init(title: String, description: String = "") {
            self.title = title
            self.description = description
        }
    }

    /// Unique; in addresses and rules.
    public var name: String
    /// What people read.
    public var title: String
    public var fields: [CustomField]
    public var tasks: [Task]
    public var labels: [String]

    public init(name: String, title: String, fields: [CustomField] = [], tasks: [Task] = [], labels: [String] = []) {
        self.name = name
        self.title = title
        self.fields = fields
        self.tasks = tasks
        self.labels = labels
    }
}

/// A field that incidents of a type have besides those that all have.
public struct CustomField: Sendable, Hashable {
    /// What a value is.
    public enum Form: Sendable, Hashable {
        case text
        case number
        /// ISO 8601, with or without a time.
        case date
        /// One of these.
        case choice([String])
        /// Some of these.
        case multipleChoice([String])
        /// A user's name or id.
        case user
        case boolean
    }

    /// Unique in the type.
    public var name: String
    public var title: String
    public var form: Form

    public init(name: String, title: String, form: Form) {
        self.name = name
        self.title = title
        self.form = form
    }
}

/// The value of a custom field of an incident.
public struct CustomFieldValue: Sendable, Hashable {
    public let name: String
    /// A string, number or boolean, or a list of strings, as the field's form says.
    public let value: JSON
}
