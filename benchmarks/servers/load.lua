-- What wrk sends to a collector: a page view each, no two alike.
local agents = {
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    .. "Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    .. "Version/18.0 Mobile/15E148 Safari/604.1",
}
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  math.randomseed(number * 7919 + os.time())
  made = 0
end

function request()
  made = made + 1
  local referrers = { "", "https://www.google.com/", "https://news.example/a?b=" .. math.random(900) }
  local body = string.format(
    '[{"type":"view","id":"%08x-%04x-7%03x-8%03x-%012x","url":"http://127.0.0.1/section-%d/page-%d",'
      .. '"referrer":"%s","title":"Page %d","screen":%d,"age":%d}]',
    os.time(), math.random(0, 65535), math.random(0, 4095), math.random(0, 4095),
    number * 4294967296 + made, math.random(40), math.random(5000), referrers[math.random(3)],
    math.random(5000), 300 + math.random(1800), math.random(300)
  )
  return wrk.format("POST", "/e", {
    ["content-type"] = "text/plain",
    ["user-agent"] = agents[math.random(#agents)],
    ["accept-language"] = "es-ES,es;q=0.9",
    ["x-forwarded-for"] = string.format(
      "81.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(1, 254)
    ),
  }, body)
end
