# Fast, on one note, looking away: the report alone must name all three.
device-check
0:00 speak 205
0:00 tone 0.6
0:00 look aside
1:00 end
expect clarity under 80
expect engagement under 60
expect confidence under 80
expect hint slow_down between 0:12 and 0:20
expect words "You spoke fast"
expect words "monotone"
expect words "Look into the lens"
hint 0:10.0 look_at_camera | eyes on the camera for 0 % of the last 8 s
hint 0:20.0 slow_down | about 205 words a minute over the last 20 s; aimed at: 120 to 160
hint 0:40.0 vary_tone | the voice rose and fell a fifth as far as a lively voice does over the last 20 s
