extension FunctionCatalogue {
    /// All functions of the Kusto reference that Tocsin knows.
    public static let standard = FunctionCatalogue(scalars: standardScalars, aggregates: standardAggregates)

    private static let standardScalars: [ScalarFunction] = [
        comparisonOperators, betweenOperators, logicalOperators, arithmeticOperators, textOperators, memberOperators,
        conversionFunctions, conditionalFunctions, textFunctions, searchFunctions, regexFunctions, elementaryFunctions,
        roundingFunctions, bitFunctions, dateTimeFunctions, periodFunctions, makingTimeFunctions, arrayFunctions,
        arraySortFunctions, setFunctions, bagFunctions, makingDynamicFunctions, ipv4Functions, addressSearchFunctions,
        ipv6Functions, hashFunctions, base64Functions, urlFunctions, unicodeFunctions, punycodeFunctions,
        urlParsingFunctions, pathFunctions, recordFunctions, xmlFunctions, userAgentFunctions, timeFormatFunctions,
        formatFunctions, windowFunctions, randomFunctions, distributionFunctions, checkFunctions, elementwiseSeries,
        fillingSeries, filterSeries, fittingSeries, seasonSeries, sketchFunctions,
    ].flatMap(\.self)

    private static let standardAggregates: [AggregateFunction] = [
        countingAggregates, summingAggregates, extremeAggregates, collectingAggregates, spreadAggregates,
        percentileAggregates, sketchAggregates,
    ].flatMap(\.self)
}
