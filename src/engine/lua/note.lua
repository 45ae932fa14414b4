-- Writes down what a person did of which the store knows nothing else. ARGV: entry of the audit
audit(ARGV[1])
