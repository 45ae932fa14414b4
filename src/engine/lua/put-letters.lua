-- Puts what is news, once for each id, and settles the fact that it came from. ARGV: fact or nothing, news as JSON
-- Gives the ids of what was news, and the letters that had to make room.
local told, pushedOut = {}, {}
for _, news in ipairs(cjson.decode(ARGV[2])) do
  if redis.call('SET', P .. 'told:' .. news.id, '1', 'PX', KEEP_MS, 'NX') then
    table.insert(told, news.id)
    for _, letter in ipairs(news.letters) do
      local text = putLetter(letter, news.at)
      if text then table.insert(pushedOut, text) end
    end
    if news.remind then redis.call('ZADD', P .. 'ob:remind', number(news.remind.at), news.remind.of) end
  end
end
boundLetters()
if ARGV[1] ~= '' then redis.call('ZREM', P .. 'ob:facts', ARGV[1]) end
return { told, pushedOut }
