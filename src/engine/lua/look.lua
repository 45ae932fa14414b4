-- Says what would be refused now; nothing is taken and nothing is marked. ARGV: claims, id
local refusal = firstRefusal(cjson.decode(ARGV[1]), ARGV[2], true)
return refusal and cjson.encode(refusal) or ''
