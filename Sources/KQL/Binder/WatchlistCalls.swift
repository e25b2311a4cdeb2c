import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// The function, called with or without parentheses, that lists the aliases of all watchlists.
    static let watchlistAliases = "_GetWatchlistAlias"

    func bindWatchlistAliases() -> Relation {
        let schema = TableSchema([ColumnSchema("WatchlistAlias", .string)])
        let rows = environment.watchlists.aliases.map { [Value.string($0)] }
        return Relation(plan: .values(Table(schema: schema, rows: rows)), name: Binder.watchlistAliases)
    }

    func bindWatchlist(_ alias: String, at span: Span, in scope: Scope) throws(Diagnostic) -> Relation {
        switch environment.watchlists.watchlist(alias) {
        case .rows(let table): return Relation(plan: .values(table), name: alias)
        case .query(let text):
            timelessDepth += 1
            defer { timelessDepth -= 1 }
            // A name that no saved function can have.
            let function = try parse(SavedFunction(name: "_GetWatchlist('\(alias)')", body: text), at: span)
            var relation = try expandTable(function, [], at: span, in: scope)
            relation.name = alias
            return relation
        case nil: return missingWatchlist(alias, at: span)
        }
    }

    private func missingWatchlist(_ alias: String, at span: Span) -> Relation {
        if !options.isLenient {
            let near = nearest(to: alias, among: environment.watchlists.aliases)
            warn(
                .unknownTable, "there is no watchlist '\(alias)'; it counts as empty", at: span,
                hint: near.map { "did you mean '\($0)'?" })
        }
        let schema = TableSchema([
            ColumnSchema("_DTItemId", .string), ColumnSchema("LastUpdatedTimeUTC", .datetime),
            ColumnSchema("SearchKey", .string), ColumnSchema("WatchlistItem", .dynamic),
        ])
        return Relation(plan: .values(Table(empty: schema)), isOpen: true, name: alias)
    }
}
