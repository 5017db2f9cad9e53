--- Code lenses in logs: how often a crash was seen, its culprit, 👍 and 👎.
---
--- Neovim has no lenses until somebody asks for them. In a log they are the point, so they are shown there;
--- in source files that stays the user's choice, by |vim.lsp.codelens|.
local M = {}

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  if not require('crashlight.filetypes').is_log(bufnr) or vim.g.crashlight_lenses == false then
    return
  end
  if vim.lsp.codelens.enable then -- 0.12 and later refresh them by themselves.
    vim.lsp.codelens.enable(true, { bufnr = bufnr, client_id = client.id })
    return
  end
  local group = vim.api.nvim_create_augroup('crashlight.lenses.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'DiagnosticChanged', 'BufEnter', 'InsertLeave' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      M.refresh(client, bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    buffer = bufnr,
    callback = function(event)
      if event.data.client_id == client.id then
        vim.api.nvim_del_augroup_by_id(group)
        return true
      end
    end,
  })
  M.refresh(client, bufnr)
end

--- Ask this server alone: the lenses of other servers are not ours to show.
---@param client vim.lsp.Client
---@param bufnr integer
function M.refresh(client, bufnr)
  if vim.api.nvim_buf_is_loaded(bufnr) and client:supports_method('textDocument/codeLens', bufnr) then
    local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
    client:request('textDocument/codeLens', params, vim.lsp.codelens.on_codelens, bufnr)
  end
end

--- After a command changed what lenses say.
function M.refresh_all()
  if vim.lsp.codelens.enable then
    return
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'crashlight' })) do
    for bufnr in pairs(client.attached_buffers) do
      if require('crashlight.filetypes').is_log(bufnr) then
        M.refresh(client, bufnr)
      end
    end
  end
end

return M
