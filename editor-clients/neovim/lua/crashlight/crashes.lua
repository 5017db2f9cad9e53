--- The crashes that the server knows: in the quickfix list, in a picker, in a floating window.
local crashlight = require('crashlight')

local M = {}

---@class crashlight.Occurrence
---@field uri string
---@field line integer 0-based
---@field firstLine integer 0-based

---@class crashlight.Crash
---@field fingerprint string
---@field headline string
---@field language string
---@field category string
---@field cause string
---@field fix string
---@field by 'rules'|'model'|'facts'
---@field state 'new'|'known'|'ignored'|'resolved'|'recurred'
---@field count integer
---@field lastSeen number? seconds since the epoch
---@field fixes { id: string, title: string, verified: string[] }[]
---@field occurrences crashlight.Occurrence[]

local KINDS = { new = 'E', recurred = 'E', known = 'W', ignored = 'I', resolved = 'I' }

---@param act fun(crashes: crashlight.Crash[])
function M.with(act)
  crashlight.request('crashlight.crashes', nil, function(crashes)
    if #crashes == 0 then
      vim.notify('No crash is known here.')
    else
      table.sort(crashes, function(a, b)
        return (tonumber(a.lastSeen) or 0) > (tonumber(b.lastSeen) or 0)
      end)
      act(crashes)
    end
  end)
end

--- One entry for each place in a log, newest crash first. `wanted` chooses the places; nil takes all.
---@param set fun(what: table)
---@param wanted (fun(place: crashlight.Occurrence): boolean)?
function M.to_list(set, wanted)
  M.with(function(crashes)
    local items = {}
    for _, crash in ipairs(crashes) do
      for _, place in ipairs(crash.occurrences) do
        if not wanted or wanted(place) then
          items[#items + 1] = {
            filename = vim.uri_to_fname(place.uri),
            lnum = place.line + 1,
            type = KINDS[crash.state] or 'E',
            text = ('%s (%d×) %s'):format(crash.headline, crash.count, crash.cause),
          }
        end
      end
    end
    set({ title = 'Crashlight', items = items })
  end)
end

--- Choose a crash by |vim.ui.select|, which pickers such as Telescope and fzf-lua take over, and go to it.
function M.pick()
  M.with(function(crashes)
    vim.ui.select(crashes, {
      prompt = 'Crashes',
      kind = 'crashlight',
      format_item = function(crash)
        return ('%s  %d×  %s'):format(crash.headline, crash.count, crash.state)
      end,
    }, function(crash)
      if crash and crash.occurrences[1] then
        crashlight.open(crash.occurrences[1])
      end
    end)
  end)
end

--- All that is known of one crash, in a floating window.
---@param fingerprint string
function M.show(fingerprint)
  M.with(function(crashes)
    for _, crash in ipairs(crashes) do
      if crash.fingerprint == fingerprint then
        vim.lsp.util.open_floating_preview(M.lines(crash), '', {
          border = 'rounded',
          title = ' Crashlight ',
          max_width = 90,
          focus_id = 'crashlight-details',
        })
        return
      end
    end
    vim.notify('This crash is in no log any more.')
  end)
end

--- Plain lines, not Markdown: they come from a log.
---@param crash crashlight.Crash
---@return string[]
function M.lines(crash)
  local speakers = { model = 'said by the model', rules = 'by a rule', facts = 'from the facts of the trace' }
  local category = crash.category:gsub('-', ' ')
  local facts = { crash.language, category, speakers[crash.by] or crash.by, ('seen %d×'):format(crash.count) }
  local lines = { crash.headline, table.concat(facts, ' · '), '', crash.cause }
  if crash.fix ~= '' then
    vim.list_extend(lines, { '', 'What to do: ' .. crash.fix })
  end
  for _, fix in ipairs(crash.fixes) do
    local checked = table.concat(fix.verified, ', ')
    vim.list_extend(lines, { '', ('Offered (gra): %s, checked: %s'):format(fix.title, checked) })
  end
  lines[#lines + 1] = ''
  for _, place in ipairs(crash.occurrences) do
    lines[#lines + 1] = ('%s:%d'):format(vim.fn.fnamemodify(vim.uri_to_fname(place.uri), ':~:.'), place.line + 1)
  end
  return vim.split(table.concat(lines, '\n'), '\n')
end

return M
