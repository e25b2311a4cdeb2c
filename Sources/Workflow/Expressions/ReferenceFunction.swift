/// Functions that look at the run.
enum ReferenceFunction: String, CaseIterable {
    case parameters
    case variables
    case outputs
    case actionOutputs = "actionoutputs"
    case body
    case actionBody = "actionbody"
    case action
    case actions
    case result
    case trigger
    case triggerOutputs = "triggeroutputs"
    case triggerBody = "triggerbody"
    case item
    case items
    case iterationIndexes = "iterationindexes"
    case workflow
    case listCallbackUrl = "listcallbackurl"
    case formDataValue = "formdatavalue"
    case formDataMultiValues = "formdatamultivalues"
    case triggerFormDataValue = "triggerformdatavalue"
    case triggerFormDataMultiValues = "triggerformdatamultivalues"
    case multipartBody = "multipartbody"
    case triggerMultipartBody = "triggermultipartbody"

    var arity: ClosedRange<Int> {
        switch self {
        case .trigger, .triggerOutputs, .triggerBody, .item, .workflow, .listCallbackUrl, .action: 0...0
        case .actions: 1...2
        case .formDataValue, .formDataMultiValues, .multipartBody: 2...2
        default: 1...1
        }
    }

    /// Whether the first argument names an action.
    var namesAction: Bool {
        switch self {
        case .outputs, .actionOutputs, .body, .actionBody, .actions, .formDataValue, .formDataMultiValues,
            .multipartBody, .result:
            true
        default: false
        }
    }

    /// Whether the first argument names a loop.
    var namesLoop: Bool { self == .items || self == .iterationIndexes }
}

/// Functions that do not evaluate all their arguments.
enum LazyFunction: String, CaseIterable {
    case `if`
    case and
    case or
    case coalesce

    var arity: ClosedRange<Int> {
        switch self {
        case .if: 3...3
        case .and, .or, .coalesce: 1...250
        }
    }
}
