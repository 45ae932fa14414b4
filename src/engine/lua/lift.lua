-- A person lifts a pause. ARGV: id, entry of the audit, who and why as the end of a JSON map
for _, name in ipairs({ 'pauses', 'frozen' }) do
  local text = redis.call('HGET', P .. name, ARGV[1])
  if text and not isOver(cjson.decode(text)) then
    audit(ARGV[2])
    noteFact('{"is":"lifted","pause":' .. text .. ',"at":' .. number(now) .. ',' .. ARGV[3])
    return redis.call('HDEL', P .. name, ARGV[1])
  end
end
return 0
