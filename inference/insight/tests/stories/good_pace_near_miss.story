# 165 words a minute is fine, and no praise.
device-check
only good_pace
0:00 speak 165
2:00 end
expect no hint good_pace
