internal import Chronology
internal import JSON

// Scopes, branches and loops.
extension WorkflowRun {
    private static let defaultRepetitions = 20

    mutating func beginContainer(_ action: ActionDefinition, _ frame: Int) throws(ExpressionError) {
        let owner = Frame.Owner(frame: frame, action: action.name)
        let path = frames[frame].path(of: action.name).text
        func open(_ group: ActionGroup) { openFrame(group, owner: owner, path: path, iteration: nil, item: nil) }
        switch action.body {
        case .scope(let group): open(group)
        case .condition(let expression, let then, let otherwise):
            let isTrue = try condition(expression, frame, action.name)
            frames[frame].states[action.name]?.outputs = ["expressionResult": .bool(isTrue)]
            open(isTrue ? then : otherwise)
        case .choice(let expression, let cases, let otherwise):
            let value = try evaluate(expression, frame, action.name)
            frames[frame].states[action.name]?.inputs = ["expression": value]
            open(cases.first { Comparison.areEqual($0.value, value) }?.actions ?? otherwise)
        case .foreach(let items, let repetitions, _):
            try beginForeach(action, frame, items: items, repetitions: repetitions)
        case .until(_, let limit, let group):
            let progress = UntilProgress(count: 0, deadline: now + limit.timeout)
            frames[frame].states[action.name]?.progress = .until(progress)
            beginIteration(0, of: group, owner: owner, path: path, item: nil)
        case .operation, .unsupported: break
        }
    }

    private mutating func beginForeach(
        _ action: ActionDefinition, _ frame: Int, items: JSON, repetitions: Int?
    ) throws(ExpressionError) {
        let value = try evaluate(items, frame, action.name)
        frames[frame].states[action.name]?.inputs = ["foreach": value]
        guard case .array(let elements) = value else {
            throw ExpressionError(
                .wrongArgument, "'foreach' needs an array to go through, not \(value.preview) of type \(value.typeName)"
            )
        }
        guard elements.count <= WorkflowDefinition.Limits.foreachItems else {
            throw ExpressionError(
                .tooLarge,
                "\(elements.count) items are more than the \(WorkflowDefinition.Limits.foreachItems) of a loop")
        }
        let isNested = chain(from: frame).contains { $0.item != nil }
        let width = isNested ? 1 : repetitions ?? Self.defaultRepetitions
        frames[frame].states[action.name]?.progress = .foreach(ForeachProgress(items: elements, width: width))
        advanceForeach(frame, action.name)
    }

    /// Begins as many iterations as may run at once, or ends the loop.
    private mutating func advanceForeach(_ frame: Int, _ action: String) {
        guard case .foreach(var progress)? = frames[frame].states[action]?.progress,
            case .foreach(_, _, let group)? = frames[frame].group.actions[action]?.body
        else { return }
        if progress.next == progress.items.count, progress.running == 0 {
            let failures = progress.failures
            guard failures > 0 else { return settle(frame, action, .succeeded) }
            return fail(
                frame, action, code: "ActionFailed", "\(failures) of \(progress.items.count) iterations failed")
        }
        let path = frames[frame].path(of: action).text
        let first = progress.next
        let last = min(progress.items.count, first + progress.width - progress.running)
        progress.next = max(last, first)
        progress.running += max(last - first, 0)
        frames[frame].states[action]?.progress = .foreach(progress)
        for index in stride(from: last - 1, through: first, by: -1) {
            beginIteration(
                index, of: group, owner: Frame.Owner(frame: frame, action: action), path: path,
                item: progress.items[index])
        }
    }

    private mutating func beginIteration(
        _ index: Int, of group: ActionGroup, owner: Frame.Owner, path: String, item: JSON?
    ) {
        openFrame(group, owner: owner, path: "\(path)[\(index)]", iteration: index, item: item)
    }

    /// All actions of a frame have ended.
    mutating func close(_ frame: Int) {
        let status = result(of: frame)
        guard let owner = frames[frame].owner else {
            guard status.isFailure else { return end(.succeeded) }
            return end(
                .failed,
                error: RunError(
                    code: "ActionFailed", message: "an action failed: \(failedActions(of: frame)); none handled it"))
        }
        guard frames[owner.frame].states[owner.action]?.status == .running,
            let body = frames[owner.frame].group.actions[owner.action]?.body
        else { return }
        switch body {
        case .foreach:
            guard case .foreach(var progress)? = frames[owner.frame].states[owner.action]?.progress else { return }
            progress.running -= 1
            if status.isFailure { progress.failures += 1 }
            frames[owner.frame].states[owner.action]?.progress = .foreach(progress)
            advanceForeach(owner.frame, owner.action)
        case .until(let expression, let limit, let group):
            closeIteration(of: owner, frame, status, expression, limit, group)
        default:
            let outputs = frames[owner.frame].states[owner.action]?.outputs ?? .null
            guard status.isFailure else { return settle(owner.frame, owner.action, .succeeded, outputs: outputs) }
            let message = "an action failed: \(failedActions(of: frame))"
            fail(owner.frame, owner.action, RunError(code: "ActionFailed", message: message), outputs: outputs)
        }
    }

    private mutating func closeIteration(
        of owner: Frame.Owner, _ frame: Int, _ status: ActionStatus, _ expression: JSON, _ limit: LoopLimit,
        _ group: ActionGroup
    ) {
        guard case .until(var progress)? = frames[owner.frame].states[owner.action]?.progress else { return }
        progress.count += 1
        frames[owner.frame].states[owner.action]?.progress = .until(progress)
        let outputs: JSON = ["iterationCount": .int(Int64(progress.count))]
        do throws(ExpressionError) {
            if try condition(expression, frame, owner.action) {
                guard status.isFailure else { return settle(owner.frame, owner.action, .succeeded, outputs: outputs) }
                let message = "an action failed in the last iteration: \(failedActions(of: frame))"
                return fail(
                    owner.frame, owner.action, RunError(code: "ActionFailed", message: message), outputs: outputs)
            }
        } catch {
            return fail(owner.frame, owner.action, RunError(error), outputs: outputs)
        }
        guard progress.count < limit.count, now < progress.deadline else {
            guard limit.failsWhenReached else { return settle(owner.frame, owner.action, .succeeded, outputs: outputs) }
            let message = "the loop's condition was not met within \(limit.count) iterations or its time"
            return fail(
                owner.frame, owner.action, RunError(code: "LoopLimitReached", message: message), outputs: outputs)
        }
        let path = frames[owner.frame].path(of: owner.action).text
        beginIteration(progress.count, of: group, owner: owner, path: path, item: nil)
    }

    /// Failed when any branch ended in failure: an action that none waits for failed, or was skipped after one that
    /// failed.
    private func result(of frame: Int) -> ActionStatus {
        var seen: Set<String> = []
        var pending = frames[frame].group.last
        while let name = pending.popLast() {
            guard seen.insert(name).inserted, let status = frames[frame].states[name]?.status else { continue }
            if status.isFailure { return .failed }
            if status == .skipped, let action = frames[frame].group.actions[name] { pending += action.runAfter.keys }
        }
        return .succeeded
    }

    private func failedActions(of frame: Int) -> String {
        frames[frame].group.actions.keys.filter { frames[frame].states[$0]?.status.isFailure == true }
            .joined(separator: ", ")
    }

    /// Ends a container whose time ran out, and everything in it.
    mutating func cancelInside(_ frame: Int, _ action: String) {
        for inner in frames[frame].states[action]?.frames ?? [] {
            for name in frames[inner].group.actions.keys where frames[inner].states[name]?.status == .running {
                cancelInside(inner, name)
            }
            cancelOpenActions(of: inner)
        }
    }

    /// The frame and those around it, innermost first.
    func chain(from frame: Int) -> [Frame] {
        var result = [frames[frame]]
        while let owner = result[result.count - 1].owner { result.append(frames[owner.frame]) }
        return result
    }
}
