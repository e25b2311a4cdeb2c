extension FunctionCatalogue {
    /// All functions of the Kusto reference that Tocsin knows.
    public static let standard = FunctionCatalogue(
        scalars: standardScalars, aggregates: standardAggregates, queryFunctions: queryFunctionList)

    private static let standardScalars: [ScalarFunction] = [
        comparisonOperators, betweenOperators, logicalOperators, arithmeticOperators, textOperators, memberOperators,
        conversionFunctions, conditionalFunctions, textFunctions, textPartFunctions, searchFunctions, regexFunctions,
        elementaryFunctions,
        roundingFunctions, bitFunctions, dateTimeFunctions, periodFunctions, makingTimeFunctions, arrayFunctions,
        arrayPartFunctions,
        arraySortFunctions, setFunctions, bagFunctions, bagChangeFunctions, makingDynamicFunctions, ipv4Functions,
        ipv4RangeFunctions, addressSearchFunctions,
        ipv6Functions, hashFunctions, base64Functions, compressionFunctions, urlFunctions, unicodeFunctions,
        punycodeFunctions,
        urlParsingFunctions, pathFunctions, recordFunctions, xmlFunctions, userAgentFunctions, timeFormatFunctions,
        formatFunctions, windowFunctions, randomFunctions, distributionFunctions, checkFunctions, elementwiseSeries,
        fillingSeries, filterSeries, correlationSeries, fittingSeries, seasonSeries, sketchFunctions, unitFunctions,
        geoPointFunctions, geoNearnessFunctions,
        geoLineFunctions, geoLineShapeFunctions, geoPolygonFunctions, geoPolygonShapeFunctions,
        geohashFunctions, s2Functions, h3Functions, wktFunctions,
    ].flatMap(\.self)

    private static let standardAggregates: [AggregateFunction] = [
        countingAggregates, summingAggregates, extremeAggregates, collectingAggregates, spreadAggregates,
        percentileAggregates, sketchAggregates,
    ].flatMap(\.self)
}
