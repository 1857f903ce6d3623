// For workers: whoever has started them is gone when the channel to it is.
if (process.channel) process.once('disconnect', () => process.exit(1))
