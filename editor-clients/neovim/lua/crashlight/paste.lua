--- Traces that stand in no file.
local M = {}

local count = 0

--- Show `lines` as a log in an unsaved buffer, which the server reads as any other.
---@param lines string[]
function M.open(lines)
  if vim.trim(table.concat(lines)) == '' then
    vim.notify('There is no text to look at: the clipboard is empty.')
    return
  end
  count = count + 1
  vim.cmd.tabnew()
  -- The scheme is the one that editors have for text without a file; with `//` Neovim keeps the name as it is.
  vim.api.nvim_buf_set_name(0, ('untitled:///crashlight-%d.log'):format(count))
  vim.bo.buftype = 'nofile'
  vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
  vim.bo.filetype = 'log'
  -- Neovim starts servers by itself for files only, and finds the root of files only.
  local config = vim.deepcopy(vim.lsp.config.crashlight)
  config.root_dir = vim.fs.root(vim.fn.getcwd(), config.root_markers)
  vim.lsp.start(config, {
    bufnr = 0,
    reuse_client = function(client)
      return client.name == 'crashlight' and not client:is_stopped()
    end,
  })
end

return M
