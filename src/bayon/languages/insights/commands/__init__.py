"""The commands of Logs Insights, a file each, named by its keyword; a file that is there is a command."""
