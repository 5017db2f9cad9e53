-- Starts the server for logs and sources. `vim.g.crashlight_autostart = false` leaves that to you.
if vim.g.loaded_crashlight then
  return
end
vim.g.loaded_crashlight = true

if vim.fn.has('nvim-0.11.3') == 0 then
  vim.notify('Crashlight needs Neovim 0.11.3 or later.', vim.log.levels.WARN)
  return
end

local group = vim.api.nvim_create_augroup('crashlight', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'crashlight' then
      require('crashlight.lenses').attach(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = require('crashlight.filetypes').logs,
  callback = vim.schedule_wrap(function()
    require('crashlight').check_program()
  end),
})

vim.api.nvim_create_user_command('Crashlight', function(arguments)
  require('crashlight.commands').run(arguments)
end, {
  nargs = '*',
  range = true,
  desc = 'Crashlight: crashes of this workspace',
  complete = function(lead, line)
    return require('crashlight.commands').complete(lead, line)
  end,
})

for name, command in pairs({
  explain = 'explain',
  crashes = 'crashes',
  quickfix = 'quickfix',
  ['thumbs-up'] = 'up',
  ['thumbs-down'] = 'down',
  comment = 'comment',
  ignore = 'ignore',
  resolve = 'resolve',
  paste = 'paste',
  status = 'status',
}) do
  vim.keymap.set('n', ('<Plug>(crashlight-%s)'):format(name), ('<Cmd>Crashlight %s<CR>'):format(command), {
    desc = 'Crashlight: ' .. command,
  })
end

if vim.g.crashlight_autostart ~= false then
  vim.lsp.enable('crashlight')
end
