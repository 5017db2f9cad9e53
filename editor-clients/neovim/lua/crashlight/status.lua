--- What the server says of itself, by the notification `crashlight/status`.
local M = {}

---@class crashlight.Status
---@field health 'ok'|'degraded'|'down'
---@field model string
---@field queue integer
---@field message string

local by_client = {} ---@type table<integer, crashlight.Status>

---@param client_id integer
---@param status crashlight.Status
function M.update(client_id, status)
  by_client[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'CrashlightStatus', data = status })
  vim.cmd.redrawstatus({ bang = true })
end

---@return crashlight.Status?
function M.get()
  local client = require('crashlight').client()
  return client and by_client[client.id] or nil
end

---@return string
function M.line()
  local status = M.get()
  if not status then
    return ''
  end
  local mark = ({ ok = '✓', degraded = '!', down = '✗' })[status.health] or '?'
  local queue = (tonumber(status.queue) or 0) > 0 and (' …%d'):format(status.queue) or ''
  return ('crash %s%s'):format(mark, queue)
end

return M
