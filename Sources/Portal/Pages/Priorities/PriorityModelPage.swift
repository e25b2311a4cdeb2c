internal import Casebook
internal import Chronology
internal import Prioritization

/// The weights that score, those that did, and what others would do.
struct PriorityModelPage: Page {
    let frame: Frame
    let name: String
    let text: String
    let versions: [Version]
    let problem: String?
    let result: Result?
    let simulatePath: String

    var template: TemplateName { .priorityModel }

    struct Version: Sendable {
        let number: Int
        let name: String
        let adopted: String
        let by: String
    }

    struct Result: Sendable {
        let incidents: String
        let figures: [Figure]
        let moves: [Move]
    }

    struct Figure: Sendable {
        let name: String
        let old: String
        let new: String
    }

    struct Move: Sendable {
        let number: Int
        let title: String
        let verdict: String
        let oldRank: Int
        let newRank: Int
        let oldScore: Int
        let newScore: Int
    }

    init(
        frame: Frame, model: ScoringModel, versions: [ModelHistory.Version], text: String?,
        simulation: PrioritySimulation?, problem: String?, now: Instant
    ) {
        self.frame = frame
        self.problem = problem
        name = model.version
        self.text = text ?? versions.first?.text ?? ""
        simulatePath = PortalURL.priorityModel.path
        self.versions = versions.map {
            Version(number: $0.number, name: $0.name, adopted: ShownTime($0.adopted, now: now).exact, by: $0.by)
        }
        result = simulation.map(Result.init)
    }
}

extension PriorityModelPage.Result {
    init(_ simulation: PrioritySimulation) {
        func shown(_ value: Double?) -> String {
            value.map { String(($0 * 1_000).rounded() / 1_000) } ?? "–"
        }
        let (old, new) = (simulation.old, simulation.new)
        incidents = simulation.cases.count.grouped
        figures = [
            .init(
                name: "Chance that a true positive stands before another (AUC)", old: shown(old.auc),
                new: shown(new.auc)),
            .init(
                name: "Rank correlation with classifications", old: shown(old.correlation), new: shown(new.correlation)),
            .init(
                name: "Mean place of true positives (1: first)", old: shown(old.meanTruePositivePlace),
                new: shown(new.meanTruePositivePlace)),
            .init(
                name: "Mean place of false and benign positives", old: shown(old.meanFalsePositivePlace),
                new: shown(new.meanFalsePositivePlace)),
            .init(name: "Agreement of both orders", old: "", new: shown(simulation.agreement)),
        ]
        moves = simulation.cases.filter { $0.oldRank != $0.newRank }.prefix(50).map { moved in
            .init(
                number: moved.number, title: moved.title, verdict: moved.verdict?.rawValue ?? "open",
                oldRank: moved.oldRank, newRank: moved.newRank, oldScore: moved.oldScore, newScore: moved.newScore)
        }
    }
}
