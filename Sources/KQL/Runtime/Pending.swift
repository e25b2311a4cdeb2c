import KQLValues

extension Execution {
    private func pending(_ name: String) -> ExecutionError { ExecutionError(.notAllowed, "\(name) is not available") }
    func graphMatch(_ node: GraphMatch) throws(ExecutionError) -> Table { throw pending("graph-match") }
}
