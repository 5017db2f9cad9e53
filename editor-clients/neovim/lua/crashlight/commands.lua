--- The subcommands of `:Crashlight`.
local crashlight = require('crashlight')

local M = {}

---@type table<string, fun(arguments: string, range: { first: integer, last: integer }?)>
local subcommands = {}

---@param arguments vim.api.keyset.create_user_command.command_args
function M.run(arguments)
  local name, rest = arguments.args:match('^(%S*)%s*(.*)$')
  if name == '' then
    name = 'status'
  end
  local subcommand = subcommands[name]
  if not subcommand then
    vim.notify(("Crashlight has no command '%s'; it has: %s"):format(name, table.concat(M.names(), ', ')), vim.log.levels.ERROR)
    return
  end
  subcommand(rest, arguments.range > 0 and { first = arguments.line1, last = arguments.line2 } or nil)
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(subcommands)
  table.sort(names)
  return names
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  if line:match('^%S*%s+%S+%s') then
    return {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, M.names())
end

--- The crash under the cursor, or a message that says where to put the cursor.
---@param act fun(crash: crashlight.CrashAtCursor)
local function with_crash(act)
  local crash = crashlight.crash_at_cursor()
  if crash.fingerprint then
    act(crash)
  else
    vim.notify('There is no crash on this line. `]d` goes to the next one.', vim.log.levels.INFO)
  end
end

---@param kind 'thumbs_up'|'thumbs_down'|'comment'
---@param text string?
local function feedback(kind, text)
  with_crash(function(crash)
    crashlight.request('crashlight.feedback', { kind = kind, fingerprint = crash.fingerprint, text = text }, function()
      vim.notify('Crashlight: noted, thank you.')
      require('crashlight.lenses').refresh_all()
    end)
  end)
end

function subcommands.up()
  feedback('thumbs_up')
end

function subcommands.down()
  feedback('thumbs_down')
end

function subcommands.comment(text)
  if text ~= '' then
    return feedback('comment', text)
  end
  vim.ui.input({ prompt = 'What should Crashlight know about this crash? ' }, function(answer)
    if answer and answer ~= '' then
      feedback('comment', answer)
    end
  end)
end

function subcommands.restart()
  for _, client in ipairs(vim.lsp.get_clients({ name = 'crashlight' })) do
    client:stop(true)
  end
  vim.lsp.enable('crashlight', false)
  vim.lsp.enable('crashlight', true)
end

function subcommands.log()
  vim.cmd.tabedit(vim.lsp.log.get_filename())
end

function subcommands.status()
  local status = require('crashlight.status').get()
  if not status then
    vim.notify('Crashlight is not running here. Open a log, or see :checkhealth crashlight.')
    return
  end
  vim.notify(
    ('Crashlight: %s. Model: %s. Waiting: %s. %s'):format(status.health, status.model, status.queue, status.message or '')
  )
end

return M
