--- `:checkhealth crashlight`
local M = {}

---@param status string
local function report(status)
  return ({ ok = vim.health.ok, degraded = vim.health.warn, down = vim.health.error })[status] or vim.health.info
end

local function check_neovim()
  if vim.fn.has('nvim-0.11.3') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim 0.11.3 or later is needed', 'Update Neovim.')
  end
end

---@return string[]? command
local function check_program()
  local config = vim.lsp.config.crashlight
  local command = config and config.cmd
  if type(command) ~= 'table' then
    vim.health.info('the server is started by a function of yours')
    return nil
  end
  local path = vim.fn.exepath(command[1])
  if path == '' then
    vim.health.error(("the program '%s' was not found"):format(command[1]), {
      'Install it: see :help crashlight-install.',
      "Or name it: vim.lsp.config('crashlight', { cmd = { '/path/to/crashlight', 'serve' } })",
    })
    return nil
  end
  vim.health.ok('program: ' .. path)
  return { path }
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = 'crashlight' })
  if #clients == 0 then
    vim.health.info('no server runs: it starts with the first log or source file')
  end
  for _, client in ipairs(clients) do
    vim.health.ok(('server %d runs in %s'):format(client.id, client.root_dir or 'no folder'))
  end
end

---@param program string
local function check_server(program)
  vim.health.start('crashlight: the server (crashlight doctor)')
  local run = vim.system({ program, 'doctor', '--format', 'json' }, { text = true, timeout = 30000 }):wait()
  local read, answer = pcall(vim.json.decode, run.stdout or '')
  if not read or type(answer) ~= 'table' or type(answer.checks) ~= 'table' then
    vim.health.error('`crashlight doctor` gave no answer', vim.trim(run.stderr or ''))
    return
  end
  for _, check in ipairs(answer.checks) do
    local cure = check.cure ~= vim.NIL and check.cure ~= '' and check.cure or nil
    report(check.status)(('%s: %s'):format(check.name, check.detail), cure)
  end
end

function M.check()
  vim.health.start('crashlight')
  check_neovim()
  local command = check_program()
  check_clients()
  if command then
    check_server(command[1])
  end
end

return M
