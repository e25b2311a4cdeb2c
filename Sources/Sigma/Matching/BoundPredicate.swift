/// A predicate whose tests are those of a rule set's table, by number.
indirect enum BoundPredicate {
    case test(Int32)
    case all([BoundPredicate])
    case any([BoundPredicate])
    case not(BoundPredicate)
    case atLeast(Int, [BoundPredicate])
    /// A test that cannot be made.
    case never
}
