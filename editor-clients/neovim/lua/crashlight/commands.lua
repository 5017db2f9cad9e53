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
    local known = table.concat(M.names(), ', ')
    vim.notify(("Crashlight has no command '%s'; it has: %s"):format(name, known), vim.log.levels.ERROR)
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

--- What a person chooses, and the word for it that is counted.
local REASONS = {
  { text = 'The cause is wrong', word = 'wrong-cause' },
  { text = 'The line is wrong', word = 'wrong-line' },
  { text = 'The fix does not work', word = 'bad-fix' },
  { text = 'It says nothing new', word = 'not-helpful' },
  { text = 'This is no crash', word = 'no-crash' },
}

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

---@param opinion { kind: 'thumbs_up'|'thumbs_down'|'comment', fingerprint: string, reason: string?, text: string? }
local function send(opinion)
  crashlight.request('crashlight.feedback', opinion, function()
    vim.notify('Crashlight: noted, thank you.')
  end)
end

function subcommands.up()
  with_crash(function(crash)
    send({ kind = 'thumbs_up', fingerprint = crash.fingerprint })
  end)
end

function subcommands.comment(text)
  with_crash(function(crash)
    local function keep(answer)
      if answer and answer ~= '' then
        send({ kind = 'comment', fingerprint = crash.fingerprint, text = answer })
      end
    end
    if text ~= '' then
      keep(text)
    else
      vim.ui.input({ prompt = 'What should Crashlight know about this crash? ' }, keep)
    end
  end)
end

--- Leaving the question sends 👎 without a reason.
function subcommands.down()
  with_crash(function(crash)
    local function text(reason)
      return reason.text
    end
    local question = { prompt = 'What was not good?', kind = 'crashlight-reason', format_item = text }
    vim.ui.select(REASONS, question, function(reason)
      send({ kind = 'thumbs_down', fingerprint = crash.fingerprint, reason = reason and reason.word })
    end)
  end)
end

function subcommands.explain()
  with_crash(function(crash)
    require('crashlight.crashes').show(crash.fingerprint)
  end)
end

--- Ask the model; what it says appears in hover and details once it is done.
function subcommands.deeper()
  with_crash(function(crash)
    crashlight.request('crashlight.explain', { fingerprint = crash.fingerprint }, function()
      vim.notify('Crashlight: a closer look is on its way.')
    end)
  end)
end

function subcommands.ignore()
  with_crash(function(crash)
    crashlight.request('crashlight.ignore', { fingerprint = crash.fingerprint })
  end)
end

function subcommands.resolve()
  with_crash(function(crash)
    crashlight.request('crashlight.resolve', { fingerprint = crash.fingerprint })
  end)
end

function subcommands.crashes()
  require('crashlight.crashes').pick()
end

function subcommands.quickfix()
  require('crashlight.crashes').to_list(function(what)
    vim.fn.setqflist({}, ' ', what)
    vim.cmd.copen()
  end)
end

--- The crashes of this log alone, in the window's own list.
function subcommands.loclist()
  local uri = vim.uri_from_bufnr(0)
  require('crashlight.crashes').to_list(function(what)
    vim.fn.setloclist(0, {}, ' ', what)
    vim.cmd.lopen()
  end, function(place)
    return place.uri == uri
  end)
end

--- The lines given, else the clipboard, as a log in an unsaved buffer.
function subcommands.paste(_, range)
  local lines = range and vim.api.nvim_buf_get_lines(0, range.first - 1, range.last, false)
    or vim.split(vim.fn.getreg('+'), '\n')
  require('crashlight.paste').open(lines)
end

--- Go where one line of a stack trace points: the text given, else the line under the cursor (a terminal's too).
function subcommands.locate(text)
  local line = text ~= '' and text or vim.api.nvim_get_current_line()
  crashlight.request('crashlight.locate', { line = line }, function(location)
    if location == nil or location == vim.NIL then
      vim.notify('This line points to no source of the workspace.')
    else
      crashlight.open({ uri = location.uri, line = location.range.start.line })
    end
  end)
end

--- Report nothing of this log any more, in this session; the settings keep it for good.
function subcommands.silence()
  local client = crashlight.client()
  if client then
    local glob = '**/' .. vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t')
    require('crashlight.silence').add(client, glob)
    local told = "Crashlight: %s is silent until Neovim ends. 'logs.exclude' in crashlight.toml keeps it so."
    vim.notify(told:format(glob))
  end
end

--- Build llama.cpp and fetch the model, in a terminal that shows how far it is.
function subcommands.model()
  local config = vim.lsp.config.crashlight
  local program = type(config.cmd) == 'table' and config.cmd[1] or 'crashlight'
  vim.cmd('botright new')
  vim.fn.jobstart({ program, 'models', 'setup' }, {
    term = true,
    on_exit = function()
      crashlight.request('crashlight.restartModel')
    end,
  })
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
  local told = 'Crashlight: %s. Model: %s. Waiting: %s. %s'
  vim.notify(told:format(status.health, status.model, status.queue, status.message or ''))
end

return M
