# One note, for a whole minute.
device-check
0:00 speak 140
0:00 tone 0.8
1:00 end
expect hint vary_tone between 0:10 and 0:25
hint 0:12.4 vary_tone | the voice rose and fell a quarter as far as a lively voice does over the last 20 s
