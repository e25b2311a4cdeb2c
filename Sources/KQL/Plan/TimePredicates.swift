import Chronology
import KQLFunctions
import KQLValues

extension TimeBounds {
    /// The conditions that a datetime column lies inside.
    func predicates(on column: BoundExpression, catalogue: FunctionCatalogue) -> [BoundExpression] {
        let ends = [(lower, ">="), (upper, "<=")]
        return ends.compactMap { end, sign in
            guard let end, let function = catalogue.scalar(sign) else { return nil }
            return .call(
                BoundCall(function: function, arguments: [column, .constant(.datetime(end))], type: .bool))
        }
    }
}
