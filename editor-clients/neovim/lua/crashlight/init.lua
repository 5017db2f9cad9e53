--- What other Lua code may call: `statusline()`, `open()`, `request()`, `crash_at_cursor()`.
local M = {}

---@class crashlight.Place
---@field uri string
---@field line integer 0-based

---@class crashlight.CrashAtCursor
---@field fingerprint string?
---@field uri string
---@field line integer 0-based
---@field version integer

--- One short text for a status line, empty while no server runs.
---@return string
function M.statusline()
  return require('crashlight.status').line()
end

---@return vim.lsp.Client?
function M.client()
  return vim.lsp.get_clients({ name = 'crashlight', bufnr = 0 })[1] or vim.lsp.get_clients({ name = 'crashlight' })[1]
end

--- Run one of the server's commands; `on_result` is called only when it succeeded.
---@param command string
---@param argument table?
---@param on_result fun(result: any)?
function M.request(command, argument, on_result)
  local client = M.client()
  if not client then
    vim.notify('Crashlight is not running here. Open a log, or see :checkhealth crashlight.', vim.log.levels.WARN)
    return
  end
  local params = { command = command, arguments = argument and { argument } or {} }
  client:request('workspace/executeCommand', params, function(problem, result)
    if problem then
      vim.notify('Crashlight: ' .. problem.message, vim.log.levels.ERROR)
    elseif on_result then
      on_result(result)
    end
  end)
end

--- The crash under the cursor: its diagnostic names the fingerprint, in a log and in a source file alike. A log with
--- one crash in it leaves no doubt, wherever the cursor is.
---@return crashlight.CrashAtCursor
function M.crash_at_cursor()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local fingerprint ---@type string?
  local all = {} ---@type table<string, true>
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local data = vim.tbl_get(diagnostic, 'user_data', 'lsp', 'data')
    if type(data) == 'table' and data.fingerprint then
      all[data.fingerprint] = true
      if diagnostic.lnum <= line and line <= (diagnostic.end_lnum or diagnostic.lnum) then
        fingerprint = data.fingerprint
      end
    end
  end
  if require('crashlight.filetypes').is_log(0) and vim.tbl_count(all) == 1 then
    fingerprint = next(all)
  end
  return {
    fingerprint = fingerprint,
    uri = vim.uri_from_bufnr(0),
    line = line,
    version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()] or 0,
  }
end

---@param place crashlight.Place
function M.open(place)
  local position = { line = place.line, character = 0 }
  local location = { uri = place.uri, range = { start = position, ['end'] = position } }
  vim.lsp.util.show_document(location, 'utf-16', { focus = true })
end

--- Neovim does not start a server whose program is absent, and says so only in its log.
function M.check_program()
  local config = vim.lsp.config.crashlight
  local program = config and type(config.cmd) == 'table' and config.cmd[1] or nil
  if program and vim.fn.executable(program) == 0 then
    vim.notify_once(
      ("Crashlight's program '%s' was not found: see :help crashlight-install."):format(program),
      vim.log.levels.WARN
    )
  end
end

return M
